// PeriodService: the command that closes a month, and what the ledger knows of closed ones.
#include "server/api/period_service.h"

#include "lupaus/v1/period.grpc.pb.h"
#include "rules/ledger/periods.h"
#include "server/api/call.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::State;
using rules::model::Result;

void to_message(const rules::ledger::Period& period, v1::Period& message) {
  message.set_month(period.month);
  wire::to_timestamp(period.closed_at, *message.mutable_closed_at());
  message.set_closed_by(period.closed_by.id);
}

}  // namespace

class PeriodService::Body final : public v1::PeriodService::Service {
 public:
  explicit Body(runtime::EngineLoop& loop) : loop_(loop) {}

  grpc::Status ClosePeriod(grpc::ServerContext* context, const v1::ClosePeriodRequest* request,
                           v1::ClosePeriodResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      return closed_.once(who.name, *request, *response,
                          [&] { return close(*request, who, *response); });
    });
  }

  grpc::Status ListPeriods(grpc::ServerContext* context, const v1::ListPeriodsRequest*,
                           v1::ListPeriodsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*response); });
  }

 private:
  Result<void> close(const v1::ClosePeriodRequest& request, const wire::Identity& who,
                     v1::ClosePeriodResponse& response) {
    auto facts = wire::ask(loop_, rules::model::ClosePeriod{request.month()}, who.actor());
    if (!facts) return facts.error();
    return wire::look(loop_, [&](const State& state) {
      const auto closed = state.ledger.periods().find(request.month());
      if (closed != state.ledger.periods().end())
        to_message(closed->second, *response.mutable_period());
    });
  }

  Result<void> list(v1::ListPeriodsResponse& response) {
    return wire::look(loop_, [&](const State& state) {
      const auto& closed = state.ledger.periods();
      for (const auto& [month, period] : closed) to_message(period, *response.add_periods());
      response.set_open_month(rules::ledger::first_open_month(state.ledger));
    });
  }

  runtime::EngineLoop& loop_;
  wire::RecentAnswers<v1::ClosePeriodResponse> closed_;
};

PeriodService::PeriodService(runtime::EngineLoop& loop) : body_(std::make_unique<Body>(loop)) {}
PeriodService::~PeriodService() = default;
grpc::Service& PeriodService::service() { return *body_; }

}  // namespace lupaus::server::api
