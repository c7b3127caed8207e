#include "server/api/breach_list.h"

#include <algorithm>
#include <random>
#include <set>

#include "lupaus/v1/breach.pb.h"
#include "server/api/verdict_message.h"
#include "server/wire/ask.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::Error;
using rules::model::Result;
using rules::model::VerdictLine;

/// Lines read between two looks at whether anybody still waits.
constexpr size_t kLookEvery = 4'096;
/// So often whoever waits for his turn looks.
constexpr auto kTurnLook = std::chrono::milliseconds(50);
/// Who has not asked for the next page by then is collected for again.
constexpr auto kKeptUnused = std::chrono::minutes(10);

Error cancelled() { return Error{"cancelled", "the caller has gone", "", {}}; }

std::string question_text(v1::ListBreachesRequest request) {
  request.clear_page_token();
  request.clear_page_size();
  std::string bytes;
  request.SerializeToString(&bytes);
  return bytes;
}

Result<BranchZones> zones_of(runtime::EngineLoop& loop, const std::vector<VerdictLine>& lines) {
  std::set<std::string_view> branches;
  for (const VerdictLine& line : lines) branches.insert(line.key.branch);
  BranchZones zones;
  auto seen = wire::look(loop, [&](const rules::ledger::State& state) {
    for (const std::string_view branch : branches) {
      if (const auto* zone = state.engine.zone(branch)) zones.emplace(branch, *zone);
    }
  });
  if (!seen) return seen.error();
  return zones;
}

}  // namespace

/// WHY: a token of the process before this one must name no collection of this one.
BreachList::BreachList(runtime::EngineLoop& loop, const runtime::Storage& storage,
                       BreachListSettings settings)
    : loop_(loop),
      storage_(storage),
      settings_(settings),
      next_(uint64_t{std::random_device()()} << 32 | 1) {}

Result<BreachList::Question> BreachList::read(const v1::ListBreachesRequest& request) {
  Question question;
  question.text = question_text(request);
  auto condition = LineCondition::compile(request.filter());
  if (!condition) return condition.error();
  auto order = LineOrder::parse(request.order_by());
  if (!order) return order.error();
  question.condition = std::move(*condition);
  question.order = std::move(*order);
  question.filter.branch = request.branch();
  question.filter.promise = request.promise();
  question.is_all_verdicts = request.all_verdicts();
  const auto instant = [](const char* field,
                          const auto& timestamp) -> Result<rules::model::Instant> {
    auto at = wire::from_timestamp(timestamp);
    if (!at) return wire::invalid_field(field, at.error().message);
    return *at;
  };
  if (request.has_from()) {
    auto at = instant("from", request.from());
    if (!at) return at.error();
    question.filter.from = *at;
  }
  if (request.has_until()) {
    auto at = instant("until", request.until());
    if (!at) return at.error();
    question.filter.until = *at;
  }
  return question;
}

Result<void> BreachList::list(const v1::ListBreachesRequest& request,
                              const std::function<bool()>& is_cancelled,
                              v1::ListBreachesResponse& response) {
  Result<size_t> size = wire::page_size(request.page_size(), 1000, 10'000);
  if (!size) return size.error();
  Result<Question> question = read(request);
  if (!question) return question.error();
  PageEnd end;
  if (!request.page_token().empty()) {
    Result<PageEnd> read = from_token(request.page_token(), question->text);
    if (!read) return read.error();
    end = std::move(*read);
  }
  CollectionPtr collection = find(end.collection);
  if (collection == nullptr) {
    question->filter.lines_max = settings_.lines_max;
    Result<CollectionPtr> collected = collect_in_turn(*question, is_cancelled);
    if (!collected) return collected.error();
    collection = std::move(*collected);
    // What was given lies before the place where the last page ended.
    const auto after =
        std::upper_bound(collection->lines.begin(), collection->lines.end(), end.place,
                         [&](const std::string& place, const VerdictLine& line) {
                           return place < question->order.place_of(line, collection->zones);
                         });
    end.given = end.place.empty() ? 0 : static_cast<uint64_t>(after - collection->lines.begin());
    end.collection = 0;
  }
  const auto& lines = collection->lines;
  const size_t first = std::min<size_t>(end.given, lines.size());
  const size_t last = std::min(lines.size(), first + *size);
  for (size_t i = first; i < last; ++i) to_message(lines[i], *response.add_lines());
  response.set_total_count(lines.size());
  response.set_position(collection->position);
  if (last == lines.size()) return {};
  if (end.collection == 0) end.collection = keep(collection);
  end.given = last;
  end.place = question->order.place_of(lines[last - 1], collection->zones);
  response.set_next_page_token(to_token(end, question->text));
  return {};
}

Result<BreachList::CollectionPtr> BreachList::collect(
    const Question& question, const std::function<bool()>& is_cancelled) const {
  auto collection = std::make_shared<Collection>();
  collection->position = storage_.last_position();
  auto lines = question.is_all_verdicts ? report::collect_verdicts(loop_, storage_, question.filter)
                                        : report::collect_breaches(storage_, question.filter);
  if (!lines) return lines.error();
  if (question.condition.is_everything() && question.order.is_by_key()) {
    collection->lines = std::move(*lines);
    return CollectionPtr(std::move(collection));
  }
  auto zones = zones_of(loop_, *lines);
  if (!zones) return zones.error();
  collection->zones = std::move(*zones);
  std::vector<std::pair<std::string, VerdictLine>> placed;
  for (size_t i = 0; i < lines->size(); ++i) {
    if (i % kLookEvery == 0 && is_cancelled()) return cancelled();
    VerdictLine& line = (*lines)[i];
    if (!question.condition.has(line, collection->zones)) continue;
    std::string place = question.order.place_of(line, collection->zones);
    placed.emplace_back(std::move(place), std::move(line));
  }
  std::sort(placed.begin(), placed.end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
  collection->lines.reserve(placed.size());
  for (auto& [place, line] : placed) collection->lines.push_back(std::move(line));
  return CollectionPtr(std::move(collection));
}

Result<BreachList::CollectionPtr> BreachList::collect_in_turn(
    const Question& question, const std::function<bool()>& is_cancelled) {
  {
    std::unique_lock lock(mutex_);
    while (is_collecting_) {
      collected_.wait_for(lock, kTurnLook);
      if (is_collecting_ && is_cancelled()) return cancelled();
    }
    is_collecting_ = true;
    forget_unused();
  }
  Result<CollectionPtr> collection = collect(question, is_cancelled);
  const std::lock_guard lock(mutex_);
  is_collecting_ = false;
  collected_.notify_one();
  return collection;
}

uint64_t BreachList::keep(CollectionPtr collection) {
  const std::lock_guard lock(mutex_);
  const uint64_t number = next_++;
  kept_[number % kept_.size()] = {number, std::move(collection), std::chrono::steady_clock::now()};
  size_t lines = 0;
  for (uint64_t back = 0; back < kept_.size(); ++back) {
    Kept& one = kept_[(number - back) % kept_.size()];
    if (one.collection == nullptr) continue;
    lines += one.collection->lines.size();
    if (back > 0 && lines > settings_.kept_lines_max) one.collection.reset();
  }
  return number;
}

BreachList::CollectionPtr BreachList::find(uint64_t number) {
  const std::lock_guard lock(mutex_);
  Kept& slot = kept_[number % kept_.size()];
  if (number == 0 || slot.number != number) return nullptr;
  slot.used_at = std::chrono::steady_clock::now();
  return slot.collection;
}

/// Under the mutex.
void BreachList::forget_unused() {
  const auto oldest = std::chrono::steady_clock::now() - kKeptUnused;
  for (Kept& one : kept_) {
    if (one.used_at < oldest) one.collection.reset();
  }
}

size_t BreachList::kept_lines() {
  const std::lock_guard lock(mutex_);
  size_t lines = 0;
  for (const Kept& one : kept_) {
    if (one.collection != nullptr) lines += one.collection->lines.size();
  }
  return lines;
}

}  // namespace lupaus::server::api
