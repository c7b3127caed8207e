// Publish: a book takes effect. It never loses a promise by accident and never reaches behind a
// final verdict.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/engine/deciders.h"
#include "rules/engine/names.h"

namespace lupaus::rules::engine {
namespace {

using model::Error;
using model::Result;

bool is_in_force(const Line& line) {
  if (line.revisions.empty()) return false;
  const auto& last = line.revisions.back();
  return std::lower_bound(line.retired_at.begin(), line.retired_at.end(), last.valid_from) ==
         line.retired_at.end();
}

std::optional<Error> check_words(const Names& names, const model::Book& book) {
  std::set<std::string_view> fresh;
  for_each_word(book, [&](std::string_view word) {
    if (!names.find_word(word)) fresh.insert(word);
  });
  if (names.word_count() + fresh.size() <= Names::kWordsMax) return std::nullopt;
  return Error{"too_many_words",
               fmt::format("expected at most {} event types and attributes in all books ever "
                           "published, but there are {}, and this book brings {} more (`{}`)",
                           Names::kWordsMax, names.word_count(), fresh.size(), *fresh.begin()),
               "use names that vocabularies have already, or leave out what no system reports",
               {}};
}

const model::Currency* currency_of(const model::Promise& promise) {
  const auto& compensation = promise.compensation;
  return compensation && compensation->currency ? &*compensation->currency : nullptr;
}

/// WHY: caps count per promise name over all revisions, and no sum is both euros and yen.
std::optional<Error> check_currencies(const std::vector<Line>& lines, const model::Book& book) {
  for (const Line& line : lines) {
    const model::Promise* promise = book.find_promise(line.name);
    const model::Currency* now = promise == nullptr ? nullptr : currency_of(*promise);
    if (now == nullptr) continue;
    for (const Revision& revision : line.revisions) {
      const model::Currency* before = currency_of(*revision.promise);
      if (before == nullptr || *before == *now) continue;
      return Error{"changed_currency",
                   fmt::format("the promise `{}` pays {}, but was published with {}", line.name,
                               now->text(), before->text()),
                   "give the one in another currency a name of its own: caps and books go by name",
                   {}};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<void> decide_publish(const State& state, const model::Command& command,
                            const model::Publish& body, model::Facts& facts) {
  const State::Inside& in = state.internals();
  const Instant valid_from = body.valid_from == model::Instant{} ? command.now : body.valid_from;
  if (valid_from < command.now && valid_from <= in.latest_final_at) {
    return Error{
        "backdated_too_far",
        fmt::format("expected a `--valid-from` after the newest final verdict ({}), but it is {}",
                    model::format_instant(in.latest_final_at), model::format_instant(valid_from)),
        "final verdicts never change: publish from a later instant",
        {}};
  }
  if (auto refused = check_words(in.names, *body.book)) return *refused;
  if (auto refused = check_currencies(in.lines, *body.book)) return *refused;
  model::Published fact{body.book, valid_from, body.reason, {}};
  for (const auto& line : in.lines) {
    if (body.book->find_promise(line.name) != nullptr || !is_in_force(line)) continue;
    if (std::find(body.retire.begin(), body.retire.end(), line.name) == body.retire.end()) {
      return Error{
          "missing_promise",
          fmt::format("the files leave out the promise `{}`, which is in force", line.name),
          fmt::format("add its file, or say `--retire {} --reason TEXT`", line.name),
          {}};
    }
    fact.retired.push_back(line.name);
  }
  for (const auto& name : body.retire) {
    if (std::find(fact.retired.begin(), fact.retired.end(), name) != fact.retired.end()) continue;
    return Error{"unknown_promise",
                 fmt::format("`{}` is not a promise in force that the files leave out", name),
                 "name only promises that are published and missing from the files",
                 {}};
  }
  record(command, std::move(fact), facts);
  return {};
}

}  // namespace lupaus::rules::engine
