// BreachService: pages of lines, sums of the rollups, and late excuses.
#include "server/api/breach_service.h"

#include <algorithm>

#include "fmt/format.h"
#include "lupaus/v1/breach.grpc.pb.h"
#include "server/api/breach_list.h"
#include "server/api/call.h"
#include "server/api/known_names.h"
#include "server/api/roles.h"
#include "server/api/summary_message.h"
#include "server/report/rollups.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::CommitmentKey;
using rules::model::Result;

/// One partition a process.
constexpr uint32_t kPartition = 1;
/// More is no summary: nobody reads it, and it would take hundreds of bytes a line of memory here
/// and there.
constexpr size_t kSummaryLinesMax = 20'000;

}  // namespace

class BreachService::Body final : public v1::BreachService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names,
       report::Rollups& rollups)
      : loop_(loop), storage_(storage), names_(names), rollups_(rollups), list_(loop, storage) {}

  grpc::Status ListBreaches(grpc::ServerContext* context, const v1::ListBreachesRequest* request,
                            v1::ListBreachesResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) -> Result<void> {
      if (auto known = check_names(*request); !known) return known;
      return list_.list(
          *request, [context] { return context->IsCancelled(); }, *response);
    });
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
      if (auto allowed = require_role(who, "manager"); !allowed) return allowed;
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

  template <typename Request>
  Result<void> check_names(const Request& request) const {
    Result<void> known = names_.check_branch(request.branch());
    return known ? names_.check_promise(request.promise()) : known;
  }

  Result<void> summarize(const v1::SummarizeBreachesRequest& request,
                         v1::SummarizeBreachesResponse& response) {
    if (auto known = check_names(request); !known) return known;
    report::RollupQuestion question;
    question.lines_max = kSummaryLinesMax;
    for (int i = 0; i < request.by_size(); ++i) {
      std::optional<report::Dimension> dimension = report::find_dimension(request.by(i));
      if (!dimension) {
        return wire::invalid_field(
            fmt::format("by[{}]", i),
            fmt::format("expected branch, promise, service, segment, source, hour, day, weekday or "
                        "month, but got `{}`",
                        request.by(i)));
      }
      if (std::find(question.by.begin(), question.by.end(), *dimension) != question.by.end())
        return wire::invalid_field(
            fmt::format("by[{}]", i),
            fmt::format("expected each once, but got `{}` again", request.by(i)));
      question.by.push_back(*dimension);
    }
    question.filter.branch = request.branch();
    question.filter.promise = request.promise();
    if (!request.from_day().empty()) {
      auto day = read_day("from_day", request.from_day());
      if (!day) return day.error();
      question.filter.from = *day;
    }
    if (!request.until_day().empty()) {
      auto day = read_day("until_day", request.until_day());
      if (!day) return day.error();
      question.filter.until = *day;
    }
    // What was durable when the question came is in the answer.
    if (auto counted = rollups_.wait_for(storage_.last_position()); !counted) return counted;
    const auto answers = rollups_.summarize({&question, 1});
    if (!answers) return answers.error();
    for (const report::RollupLine& line : answers->lines.front())
      to_message(line, *response.add_rows());
    response.set_hash(digest_of(response));
    response.set_position(answers->position);
    return {};
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const KnownNames& names_;
  report::Rollups& rollups_;
  wire::RecentAnswers<v1::ExcuseBreachResponse> excused_;
  BreachList list_;
};

BreachService::BreachService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             const KnownNames& names, report::Rollups& rollups)
    : body_(std::make_unique<Body>(loop, storage, names, rollups)) {}
BreachService::~BreachService() = default;
grpc::Service& BreachService::service() { return *body_; }

}  // namespace lupaus::server::api
