// PayoutService: the calls, and what a person decides of one compensation. Batches and proofs are
// in files of their own.
#include "server/api/payout_service.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "rules/ledger/overdue.h"
#include "server/api/call.h"
#include "server/api/payout_batches.h"
#include "server/api/payout_life.h"
#include "server/api/payout_proofs.h"
#include "server/api/roles.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::State;
using rules::model::DecidePayout;
using rules::model::Error;
using rules::model::Facts;
using rules::model::Result;

/// What one answer may carry: clients refuse messages above 4 MiB.
constexpr size_t kAnswerBytesMax = 4'000'000;

/// As `serve_named`, for what only finance may do.
template <typename Work>
grpc::Status serve_finance(const grpc::ServerContext& context, Work work) {
  return serve_named(context, [&](const wire::Identity& identity) -> Result<void> {
    if (auto allowed = require_role(identity, "finance"); !allowed) return allowed;
    return work(identity);
  });
}

/// Codes are typed by people: letters of any case, O for 0, I and L for 1, spaces and hyphens
/// anywhere.
std::string written_code(std::string_view text) {
  std::string code;
  for (char letter : text) {
    if (letter == ' ' || letter == '-') continue;
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
    if (letter == 'O') letter = '0';
    if (letter == 'I' || letter == 'L') letter = '1';
    if (!code.empty() && code.size() % 5 == 4) code.push_back('-');
    code.push_back(letter);
  }
  return code;
}

Error no_payout(uint64_t number) {
  return Error{"not_found",
               fmt::format("there is no payout `{}`",
                           rules::ledger::compensation_id(kPayoutPartition, number)),
               "`lupaus payouts list` shows them",
               {}};
}

}  // namespace

class PayoutService::Body final : public v1::PayoutService::Service {
 public:
  Body(runtime::EngineLoop& loop, const runtime::Storage& storage, PayoutPorts ports)
      : loop_(loop),
        storage_(storage),
        ports_(std::move(ports)),
        batches_(loop, ports_),
        proofs_(loop, storage) {}

  // ---- compensations
  grpc::Status ListPayouts(grpc::ServerContext* context, const v1::ListPayoutsRequest* request,
                           v1::ListPayoutsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity& who) {
      return list(*request, sight_of(who), *response);
    });
  }

  grpc::Status GetPayout(grpc::ServerContext* context, const v1::GetPayoutRequest* request,
                         v1::PayoutLife* response) override {
    return serve_person(*context, [&](const wire::Identity& who) {
      return show(request->id(), sight_of(who), *response);
    });
  }

  grpc::Status ApprovePayout(grpc::ServerContext* context, const v1::ApprovePayoutRequest* request,
                             v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::approve, *request, *response);
  }
  grpc::Status DeclinePayout(grpc::ServerContext* context, const v1::DeclinePayoutRequest* request,
                             v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::decline, *request, *response);
  }
  grpc::Status HoldPayout(grpc::ServerContext* context, const v1::HoldPayoutRequest* request,
                          v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::hold, *request, *response);
  }
  grpc::Status ReleasePayout(grpc::ServerContext* context, const v1::ReleasePayoutRequest* request,
                             v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::release, *request, *response);
  }

  grpc::Status ConfirmPayout(grpc::ServerContext* context, const v1::ConfirmPayoutRequest* request,
                             v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::confirm, *request, *response);
  }
  grpc::Status FailPayout(grpc::ServerContext* context, const v1::FailPayoutRequest* request,
                          v1::Payout* response) override {
    return decide(*context, DecidePayout::Action::fail, *request, *response);
  }

  grpc::Status ChangePayoutInstrument(grpc::ServerContext* context,
                                      const v1::ChangePayoutInstrumentRequest* request,
                                      v1::Payout* response) override {
    return serve_finance(*context, [&](const wire::Identity& who) {
      return changed_.once(who.name, *request, *response,
                           [&] { return change_instrument(*request, who, *response); });
    });
  }

  grpc::Status RedeemVoucher(grpc::ServerContext* context, const v1::RedeemVoucherRequest* request,
                             v1::Payout* response) override {
    return serve(*context, [&](const wire::Identity& who) {
      return redeemed_.once(who.name, *request, *response,
                            [&] { return redeem(*request, who, *response); });
    });
  }

  // ---- batches
  grpc::Status CreatePayoutBatch(grpc::ServerContext* context,
                                 const v1::CreatePayoutBatchRequest* request,
                                 v1::PayoutBatch* response) override {
    return serve_finance(*context, [&](const wire::Identity& who) {
      return created_.once(who.name, *request, *response,
                           [&] { return batches_.create(*request, who, *response); });
    });
  }

  grpc::Status ListPayoutBatches(grpc::ServerContext* context, const v1::ListPayoutBatchesRequest*,
                                 v1::ListPayoutBatchesResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) {
      return wire::look(loop_, [&](const State& state) {
        for (const auto& [id, batch] : state.ledger.batches())
          to_batch(batch, *response->add_batches());
      });
    });
  }

  grpc::Status GetPayoutBatch(grpc::ServerContext* context,
                              const v1::GetPayoutBatchRequest* request,
                              v1::PayoutBatch* response) override {
    return serve_person(
        *context, [&](const wire::Identity&) { return batches_.show(request->id(), *response); });
  }

  grpc::Status ApprovePayoutBatch(grpc::ServerContext* context,
                                  const v1::ApprovePayoutBatchRequest* request,
                                  v1::PayoutBatch* response) override {
    return serve_finance(*context, [&](const wire::Identity& who) {
      return approved_.once(who.name, *request, *response,
                            [&] { return batches_.approve(request->id(), who, *response); });
    });
  }

  grpc::Status DiscardPayoutBatch(grpc::ServerContext* context,
                                  const v1::DiscardPayoutBatchRequest* request,
                                  v1::PayoutBatch* response) override {
    return serve_finance(*context, [&](const wire::Identity& who) {
      return discarded_.once(who.name, *request, *response, [&] {
        return batches_.discard(request->id(), request->reason(), who, *response);
      });
    });
  }

  grpc::Status ExportPayoutBatch(grpc::ServerContext* context,
                                 const v1::ExportPayoutBatchRequest* request,
                                 v1::ExportPayoutBatchResponse* response) override {
    return serve_finance(*context, [&](const wire::Identity& who) -> Result<void> {
      Result<PayoutFile> file = batches_.make_file(request->id(), request->format(), who);
      if (!file) return file.error();
      if (file->size_bytes > kAnswerBytesMax) {
        return Error{
            "message_too_large",
            fmt::format("the file has {} bytes and fits no single answer", file->size_bytes),
            "ask for it in parts with DownloadPayoutBatch",
            {}};
      }
      response->set_file_name(std::move(file->name));
      return file->write(
          [&](std::string_view piece) { response->mutable_content()->append(piece); });
    });
  }

  grpc::Status DownloadPayoutBatch(
      grpc::ServerContext* context, const v1::DownloadPayoutBatchRequest* request,
      grpc::ServerWriter<v1::DownloadPayoutBatchResponse>* writer) override {
    return serve_finance(*context, [&](const wire::Identity& who) -> Result<void> {
      Result<PayoutFile> file = batches_.make_file(request->id(), request->format(), who);
      if (!file) return file.error();
      v1::DownloadPayoutBatchResponse part;
      part.set_file_name(file->name);
      part.set_size_bytes(file->size_bytes);
      part.set_sha256(file->sha256);
      bool is_heard = true;
      auto written = file->write([&](std::string_view piece) {
        part.set_content(piece.data(), piece.size());
        is_heard = is_heard && writer->Write(part);
        part.Clear();
      });
      if (written && !is_heard) return Error{"cancelled", "the download was stopped", "", {}};
      return written;
    });
  }

  // ---- proofs
  grpc::Status VerifyPayoutBatch(
      grpc::ServerContext* context, const v1::VerifyPayoutBatchRequest* request,
      grpc::ServerWriter<v1::VerifyPayoutBatchResponse>* writer) override {
    return serve_person(*context, [&](const wire::Identity&) {
      return proofs_.verify(request->id(), [&](const v1::VerifyPayoutBatchResponse& part) {
        return !context->IsCancelled() && writer->Write(part);
      });
    });
  }

  grpc::Status ReconcilePayouts(grpc::ServerContext* context,
                                const v1::ReconcilePayoutsRequest* request,
                                v1::ReconcilePayoutsResponse* response) override {
    return serve_person(
        *context, [&](const wire::Identity&) { return proofs_.reconcile(*request, *response); });
  }

  void close() { proofs_.close(); }

 private:
  PayoutSight sight() const { return {loop_.now(), ports_.has_payee}; }
  PayoutSight sight_of(const wire::Identity& who) const {
    return {loop_.now(), ports_.has_payee, require_voucher_codes(who).ok()};
  }

  Result<void> list(const v1::ListPayoutsRequest& request, const PayoutSight& sight,
                    v1::ListPayoutsResponse& response) {
    Result<size_t> size = wire::page_size(request.page_size(), 1000, 5000);
    if (!size) return size.error();
    Result<uint64_t> from = wire::position_of_token(request.page_token());
    if (!from) return from.error();
    if (!request.state().empty() && !rules::model::find_paid_state(request.state())) {
      return wire::invalid_field(
          "state", fmt::format("expected a state like `owed` or `claimable`, but got `{}`",
                               request.state()));
    }
    uint64_t next = *from;
    bool is_more = true;
    while (is_more && static_cast<size_t>(response.payouts_size()) < *size) {
      Result<void> seen = wire::look(loop_, [&](const State& state) {
        is_more = list_chunk(state, request, sight, *size, next, response);
      });
      if (!seen) return seen;
    }
    if (is_more) response.set_next_page_token(std::to_string(next));
    return {};
  }

  bool is_wanted(const State& state, const Compensation& compensation,
                 const v1::ListPayoutsRequest& request) const {
    if (!request.batch().empty() && compensation.batch != request.batch()) return false;
    const auto& key = compensation.key;
    if (!request.branch().empty() && key.branch != request.branch()) return false;
    if (!request.ticket().empty() && key.ticket != request.ticket()) return false;
    if (!request.state().empty() &&
        rules::model::format_paid_state(compensation.state) != request.state())
      return false;
    if (request.awaiting_approval() &&
        !rules::ledger::awaits_approval(compensation.state, compensation.reason))
      return false;
    if (request.paid_in_error() && !compensation.is_paid_in_error) return false;
    if (request.awaiting_payee() && !is_awaiting_payee(compensation, ports_.has_payee))
      return false;
    const bool is_paid = compensation.state == rules::model::PaidState::paid;
    return !request.overdue() ||
           (!is_paid && rules::ledger::is_due_missed(state, compensation, loop_.now()));
  }

  /// Goes on from `next`, over a bounded number of compensations; true when there are more.
  bool list_chunk(const State& state, const v1::ListPayoutsRequest& request,
                  const PayoutSight& sight, size_t size, uint64_t& next,
                  v1::ListPayoutsResponse& response) const {
    constexpr size_t kVisitedMax = 4096;  // a query that takes longer holds up the loop
    size_t visited = 0;
    const auto& all = state.ledger.compensations();
    for (auto at = all.lower_bound(next); at != all.end(); ++at) {
      next = at->first;
      if (++visited > kVisitedMax || static_cast<size_t>(response.payouts_size()) == size)
        return true;
      if (is_wanted(state, at->second, request))
        to_payout(state, at->second, sight, *response.add_payouts());
    }
    return false;
  }

  Result<void> show(const std::string& id, const PayoutSight& sight, v1::PayoutLife& response) {
    Result<uint64_t> number = payout_number(id);
    if (!number) return number.error();
    std::optional<Compensation> found;
    Result<void> seen = wire::look(loop_, [&](const State& state) {
      const Compensation* compensation = state.ledger.find(*number);
      if (compensation == nullptr) return;
      found = *compensation;
      to_payout(state, *compensation, sight, *response.mutable_payout());
    });
    if (!seen) return seen;
    if (!found) return no_payout(*number);
    wire::to_money(found->computed, *response.mutable_computed());
    response.set_tier_clause(found->tier_clause);
    for (const auto& draw : found->draws) response.add_cap_clauses(draw.clause);
    Result<std::vector<LifeStep>> steps = read_life(storage_, *found);
    if (!steps) return steps.error();
    for (LifeStep& step : *steps) to_step(std::move(step), *response.add_steps());
    return {};
  }

  static void to_step(LifeStep step, v1::PayoutStep& message) {
    static constexpr std::array<const char*, 3> kKinds = {"system", "source", "person"};
    message.set_position(step.position);
    wire::to_timestamp(step.at, *message.mutable_at());
    message.set_step(std::move(step.step));
    message.set_actor(step.actor.id);
    message.set_actor_kind(kKinds.at(static_cast<size_t>(step.actor.kind)));
    message.set_authenticated(step.actor.is_authenticated);
    message.set_text(std::move(step.text));
  }

  /// What failed is owed again under a number of its own.
  static uint64_t owed_now(uint64_t number, const Facts& facts) {
    for (const auto& fact : facts) {
      const auto* owed = std::get_if<rules::model::Owed>(&fact.body);
      if (owed != nullptr && owed->reverses == number) return owed->number;
    }
    return number;
  }

  Result<void> answer(uint64_t number, v1::Payout& response) {
    return wire::look(loop_, [&](const State& state) {
      const Compensation* compensation = state.ledger.find(number);
      if (compensation != nullptr) to_payout(state, *compensation, sight(), response);
    });
  }

  /// nullopt: none was named.
  Result<std::optional<rules::model::LocalDate>> read_booked_date(const std::string& text) const {
    if (text.empty()) return std::optional<rules::model::LocalDate>();
    const auto date = rules::model::parse_local_date(text);
    if (!date) return wire::invalid_field("booked_date", date.error().message);
    // WHY a day more: it may be tomorrow already where the bank is.
    if (*date > rules::model::utc_date(loop_.now() + std::chrono::hours(24))) {
      return wire::invalid_field("booked_date",
                                 fmt::format("expected a day that has come, but {} has not", text));
    }
    return std::optional(*date);
  }

  template <typename Request>
  grpc::Status decide(grpc::ServerContext& context, DecidePayout::Action action,
                      const Request& request, v1::Payout& response) {
    return serve_finance(context, [&](const wire::Identity& who) {
      return decided_.at(static_cast<size_t>(action))
          .once(who.name, request, response, [&]() -> Result<void> {
            Result<uint64_t> number = payout_number(request.id());
            if (!number) return number.error();
            DecidePayout decision{*number, action, request.reason()};
            if constexpr (std::is_same_v<Request, v1::ConfirmPayoutRequest>) {
              auto read = read_booked_date(request.booked_date());
              if (!read) return read.error();
              decision.booked_on = *read;
            }
            Result<Facts> facts = wire::ask(loop_, std::move(decision), who.actor());
            if (!facts) return facts.error();
            for (const auto& fact : *facts) {
              const auto* given_up = std::get_if<rules::model::BatchDiscarded>(&fact.body);
              if (given_up != nullptr) response.set_discarded_batch(given_up->id);
            }
            return answer(owed_now(*number, *facts), response);
          });
    });
  }

  Result<void> change_instrument(const v1::ChangePayoutInstrumentRequest& request,
                                 const wire::Identity& who, v1::Payout& response) {
    Result<uint64_t> number = payout_number(request.id());
    if (!number) return number.error();
    const auto instrument = rules::model::find_instrument(request.instrument());
    if (!instrument) {
      return wire::invalid_field(
          "instrument", fmt::format("expected voucher, transfer, webhook or apology, but got `{}`",
                                    request.instrument()));
    }
    Result<Facts> facts = wire::ask(
        loop_, rules::model::ChangeInstrument{*number, *instrument, request.reason()}, who.actor());
    if (!facts) return facts.error();
    return answer(*number, response);
  }

  Result<void> redeem(const v1::RedeemVoucherRequest& request, const wire::Identity& who,
                      v1::Payout& response) {
    std::string code = written_code(request.code());
    if (code.empty())
      return wire::invalid_field("code", "expected a voucher's code, but it is empty");
    Result<Facts> facts =
        wire::ask(loop_, rules::model::RedeemVoucher{code, request.branch(), request.request_id()},
                  who.actor());
    if (!facts) return facts.error();
    return wire::look(loop_, [&](const State& state) {
      const Compensation* compensation = state.ledger.find_voucher(code);
      if (compensation != nullptr) to_payout(state, *compensation, sight(), response);
    });
  }

  runtime::EngineLoop& loop_;
  const runtime::Storage& storage_;
  const PayoutPorts ports_;
  PayoutBatches batches_;
  PayoutProofs proofs_;
  std::array<wire::RecentAnswers<v1::Payout>, 6> decided_;  ///< by action
  wire::RecentAnswers<v1::Payout> changed_, redeemed_;
  wire::RecentAnswers<v1::PayoutBatch> created_, approved_, discarded_;
};

PayoutService::PayoutService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                             PayoutPorts ports)
    : body_(std::make_unique<Body>(loop, storage, std::move(ports))) {}
PayoutService::~PayoutService() = default;
grpc::Service& PayoutService::service() { return *body_; }
void PayoutService::close() { body_->close(); }

}  // namespace lupaus::server::api
