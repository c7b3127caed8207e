// PeriodService: the command that closes a month, what it freezes, and the file of its postings.
#include "server/api/period_service.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "lupaus/v1/period.grpc.pb.h"
#include "rules/ledger/periods.h"
#include "server/api/call.h"
#include "server/api/file_digest.h"
#include "server/api/period_postings.h"
#include "server/api/roles.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::State;
using rules::model::Error;
using rules::model::Instant;
using rules::model::Result;

void to_message(const rules::ledger::Period& period, v1::Period& message) {
  message.set_month(period.month);
  wire::to_timestamp(period.closed_at, *message.mutable_closed_at());
  message.set_closed_by(period.closed_by.id);
  message.set_postings_sha256(period.postings_sha256);
}

/// WHY: below the least message that a client takes by default.
constexpr size_t kPartBytes = 1U << 20;

}  // namespace

class PeriodService::Body final : public v1::PeriodService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage,
       finance::PostingAccounts accounts)
      : loop_(loop), storage_(storage), accounts_(std::move(accounts)) {}

  grpc::Status ClosePeriod(grpc::ServerContext* context, const v1::ClosePeriodRequest* request,
                           v1::ClosePeriodResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      if (auto allowed = require_role(who, "finance"); !allowed) return allowed;
      return closed_.once(who.name, *request, *response,
                          [&] { return close(*request, who, *response); });
    });
  }

  grpc::Status ListPeriods(grpc::ServerContext* context, const v1::ListPeriodsRequest*,
                           v1::ListPeriodsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*response); });
  }

  grpc::Status DownloadPeriod(grpc::ServerContext* context,
                              const v1::DownloadPeriodRequest* request,
                              grpc::ServerWriter<v1::DownloadPeriodResponse>* writer) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      if (auto allowed = require_role(who, "finance"); !allowed) return allowed;
      return download(
          request->month(), [&] { return !context->IsCancelled(); }, *writer);
    });
  }

  void stop() { is_closed_ = true; }

 private:
  Result<void> download(const std::string& month, const std::function<bool()>& is_heard,
                        grpc::ServerWriter<v1::DownloadPeriodResponse>& writer) {
    // WHY: it holds a second ledger as long as it reads.
    std::unique_lock alone(rereading_, std::try_to_lock);
    if (!alone.owns_lock())
      return Error{"wrong_state", "another month is being exported", "wait until it is", {}};
    const auto postings =
        read_postings(loop_, storage_, month, [&] { return !is_closed_ && is_heard(); });
    alone.unlock();  // who takes the file slowly keeps nobody waiting
    if (!postings) return postings.error();
    const auto file = finance::period_file(postings->entries, accounts_);
    if (!file) return file.error();
    v1::DownloadPeriodResponse part;
    part.set_file_name("postings-" + month + ".csv");
    part.set_size_bytes(file->size());
    part.set_sha256(hex_sha256(*file));
    part.set_is_closed(postings->is_closed);
    size_t sent = 0;
    do {
      part.set_content(file->substr(sent, kPartBytes));
      if (!writer.Write(part)) return Error{"cancelled", "the download was stopped", "", {}};
      sent += part.content().size();
      part.Clear();
    } while (sent < file->size());
    return {};
  }

  Result<void> close(const v1::ClosePeriodRequest& request, const wire::Identity& who,
                     v1::ClosePeriodResponse& response) {
    // WHY asked before it is read: what is recorded from now on is of a later month.
    std::optional<Error> refused;
    const auto known_from = first_fact_at();
    if (!known_from) return known_from.error();
    Result<void> seen = wire::look(loop_, [&](const State& state) {
      const auto first =
          rules::ledger::check_first_month(state.ledger, request.month(), *known_from);
      const auto may =
          rules::ledger::close_period(state.ledger, {request.month(), 0, ""}, loop_.now());
      if (!may) {
        refused = may.error();
      } else if (!first) {
        refused = first.error();
      }
    });
    if (!seen) return seen;
    if (refused) return *refused;
    // WHY: what is told while the month is drawn up is booked after it: `through` says so for ever.
    std::unique_lock alone(rereading_);
    const auto postings =
        read_postings(loop_, storage_, request.month(), [&] { return !is_closed_.load(); });
    alone.unlock();
    if (!postings) return postings.error();
    rules::model::ClosePeriod command{request.month()};
    if (!postings->is_closed) {
      command.through = postings->through;
      command.postings_sha256 = postings->sha256;
    }
    auto facts = wire::ask(loop_, std::move(command), who.actor());
    if (!facts) return facts.error();
    return wire::look(loop_, [&](const State& state) {
      const auto closed = state.ledger.periods().find(request.month());
      if (closed != state.ledger.periods().end())
        to_message(closed->second, *response.mutable_period());
    });
  }

  Result<Instant> first_fact_at() {
    Instant first = loop_.now();
    auto read = storage_.read_journal(1, [&](auto facts) {
      if (!facts.empty()) first = facts.front().at;
      return false;
    });
    if (!read) return read.error();
    return first;
  }

  Result<void> list(v1::ListPeriodsResponse& response) {
    return wire::look(loop_, [&](const State& state) {
      const auto& closed = state.ledger.periods();
      for (const auto& [month, period] : closed) to_message(period, *response.add_periods());
      response.set_open_month(rules::ledger::first_open_month(state.ledger));
    });
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const finance::PostingAccounts accounts_;
  std::atomic<bool> is_closed_{false};
  std::mutex rereading_;
  wire::RecentAnswers<v1::ClosePeriodResponse> closed_;
};

PeriodService::PeriodService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             finance::PostingAccounts accounts)
    : body_(std::make_unique<Body>(loop, storage, std::move(accounts))) {}
PeriodService::~PeriodService() = default;
void PeriodService::close() { body_->stop(); }
grpc::Service& PeriodService::service() { return *body_; }

}  // namespace lupaus::server::api
