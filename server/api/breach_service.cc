// BreachService: pages over collected lines, sums of the rollups, and late excuses.
#include "server/api/breach_service.h"

#include <array>
#include <atomic>

#include "fmt/format.h"
#include "lupaus/v1/breach.grpc.pb.h"
#include "server/api/call.h"
#include "server/api/verdict_message.h"
#include "server/report/rollups.h"
#include "server/report/verdicts.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::CommitmentKey;
using rules::model::Result;
using rules::model::VerdictLine;
using Lines = std::shared_ptr<const std::vector<VerdictLine>>;

/// One partition a process.
constexpr uint32_t kPartition = 1;

/// Where the next page begins: the lines it belongs to, and how many of them were given.
struct Token {
  uint64_t collection = 0;
  size_t given = 0;
};

Result<Token> read_token(const std::string& text) {
  Token token;
  if (text.empty()) return token;
  size_t dot = text.find('.');
  if (dot == std::string::npos)
    return wire::invalid_field("page_token", "expected the next_page_token of the page before");
  Result<uint64_t> collection = wire::position_of_token(text.substr(0, dot));
  Result<uint64_t> given = wire::position_of_token(text.substr(dot + 1));
  if (!collection) return collection.error();
  if (!given) return given.error();
  return Token{*collection, *given};
}

/// Collected lines that pages are still being asked of. Thread-safe.
class Collections {
 public:
  uint64_t keep(Lines lines) {
    std::lock_guard lock(mutex_);
    uint64_t number = next_++;
    kept_[number % kept_.size()] = {number, std::move(lines)};
    return number;
  }
  Lines find(uint64_t number) {
    std::lock_guard lock(mutex_);
    const auto& slot = kept_[number % kept_.size()];
    return slot.first == number ? slot.second : nullptr;
  }

 private:
  std::mutex mutex_;
  uint64_t next_ = 1;
  /// WHY: collecting reads the whole journal; four readers may page at once before one must begin
  /// again.
  std::array<std::pair<uint64_t, Lines>, 4> kept_{};
};

}  // namespace

class BreachService::Body final : public v1::BreachService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, report::Rollups& rollups)
      : loop_(loop), storage_(storage), rollups_(rollups) {}

  grpc::Status ListBreaches(grpc::ServerContext* context, const v1::ListBreachesRequest* request,
                            v1::ListBreachesResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*request, *response); });
  }

  grpc::Status SummarizeBreaches(grpc::ServerContext* context,
                                 const v1::SummarizeBreachesRequest* request,
                                 v1::SummarizeBreachesResponse* response) override {
    return serve_person(*context,
                        [&](const wire::Identity&) { return summarize(*request, *response); });
  }

  grpc::Status ExcuseBreach(grpc::ServerContext* context, const v1::ExcuseBreachRequest* request,
                            v1::ExcuseBreachResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      return excused_.once(who.name, *request, *response,
                           [&] { return excuse(*request, who, *response); });
    });
  }

 private:
  Result<void> excuse(const v1::ExcuseBreachRequest& request, const wire::Identity& who,
                      v1::ExcuseBreachResponse& response) {
    rules::model::ExcuseBreach command;
    command.key = {request.branch(), request.ticket(), request.promise(), 1,
                   std::max(request.cycle(), 1U)};
    command.excuse = request.excuse();
    command.reason = request.reason();
    const CommitmentKey key = command.key;
    auto facts = wire::ask(loop_, std::move(command), who.actor());
    if (!facts) return facts.error();
    return wire::look(loop_, [&](const rules::ledger::State& state) {
      const auto* compensation = state.ledger.find(key);
      if (compensation == nullptr) return;
      response.set_is_complete(compensation->is_excused);
      for (const std::string& one : compensation->excused_by) response.add_excused_by(one);
      response.set_payout(rules::ledger::compensation_id(kPartition, compensation->number));
      response.set_payout_state(std::string(rules::model::format_paid_state(compensation->state)));
    });
  }

  Result<void> list(const v1::ListBreachesRequest& request, v1::ListBreachesResponse& response) {
    Result<size_t> size = wire::page_size(request.page_size(), 1000, 10'000);
    if (!size) return size.error();
    Result<Token> token = read_token(request.page_token());
    if (!token) return token.error();
    Lines lines = token->collection == 0 ? nullptr : collections_.find(token->collection);
    if (lines == nullptr && token->collection != 0) {
      return rules::model::Error{"wrong_state",
                                 "the list that this page belongs to is gone",
                                 "begin again without a page_token",
                                 {}};
    }
    if (lines == nullptr) {
      Result<std::vector<VerdictLine>> collected = collect(request);
      if (!collected) return collected.error();
      lines = std::make_shared<const std::vector<VerdictLine>>(std::move(*collected));
    }
    size_t end = std::min(lines->size(), token->given + *size);
    for (size_t i = token->given; i < end; ++i) to_message((*lines)[i], *response.add_lines());
    if (end == lines->size()) return {};
    uint64_t collection = token->collection == 0 ? collections_.keep(lines) : token->collection;
    response.set_next_page_token(fmt::format("{}.{}", collection, end));
    return {};
  }

  Result<std::vector<VerdictLine>> collect(const v1::ListBreachesRequest& request) const {
    report::LineFilter filter;
    filter.branch = request.branch();
    filter.promise = request.promise();
    if (request.all_verdicts()) return report::collect_verdicts(loop_, storage_, filter);
    return report::collect_breaches(storage_, filter);
  }

  Result<void> summarize(const v1::SummarizeBreachesRequest& request,
                         v1::SummarizeBreachesResponse& response) {
    std::vector<report::Dimension> by;
    for (int i = 0; i < request.by_size(); ++i) {
      std::optional<report::Dimension> dimension = report::find_dimension(request.by(i));
      if (!dimension) {
        return wire::invalid_field(
            fmt::format("by[{}]", i),
            fmt::format("expected branch, promise, service, hour or day, but got `{}`",
                        request.by(i)));
      }
      by.push_back(*dimension);
    }
    // What was durable when the question came is in the answer.
    rollups_.wait_for(storage_.last_position());
    report::RollupFilter filter;
    filter.branch = request.branch();
    filter.promise = request.promise();
    response.set_position(rollups_.position());
    for (const report::RollupLine& line : rollups_.summarize(by, filter)) {
      v1::SummaryRow& row = *response.add_rows();
      for (const std::string& text : line.group) row.add_keys(text);
      row.set_commitments_count(line.totals.commitments);
      row.set_kept_count(line.totals.kept);
      row.set_breached_count(line.totals.breached);
      row.set_other_count(line.totals.other);
      row.set_excused_count(line.totals.excused);
      for (const auto& [currency, minor] : line.totals.owed_minor)
        wire::to_money({currency, minor}, *row.add_owed());
    }
    return {};
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  report::Rollups& rollups_;
  wire::RecentAnswers<v1::ExcuseBreachResponse> excused_;
  Collections collections_;
};

BreachService::BreachService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             report::Rollups& rollups)
    : body_(std::make_unique<Body>(loop, storage, rollups)) {}
BreachService::~BreachService() = default;
grpc::Service& BreachService::service() { return *body_; }

}  // namespace lupaus::server::api
