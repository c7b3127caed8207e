// PayoutService: the ledger's compensations and batches, and finance's files of them.
#include "server/api/payout_service.h"

#include <algorithm>

#include "fmt/format.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "server/api/call.h"
#include "server/finance/render.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/ask.h"
#include "server/wire/recent_answers.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Facts;
using rules::model::Instant;
using rules::model::Result;

/// One partition a process.
constexpr uint32_t kPartition = 1;

void to_payout(const Compensation& compensation, v1::Payout& message) {
  message.set_id(rules::ledger::compensation_id(kPartition, compensation.number));
  message.set_branch(compensation.key.branch);
  message.set_ticket(compensation.key.ticket);
  message.set_promise(compensation.key.promise);
  message.set_revision(compensation.key.revision);
  message.set_cycle(compensation.key.cycle);
  message.set_customer(compensation.customer);
  if (compensation.amount) wire::to_money(*compensation.amount, *message.mutable_amount());
  message.set_instrument(std::string(rules::model::format_instrument(compensation.instrument)));
  message.set_state(std::string(rules::model::format_paid_state(compensation.state)));
  message.set_reason(compensation.reason);
  wire::to_timestamp(compensation.owed_at, *message.mutable_owed_at());
  message.set_batch(compensation.batch);
  message.set_voucher(compensation.voucher);
  message.set_paid_in_error(compensation.is_paid_in_error);
}

void to_batch(const PayoutBatch& batch, v1::PayoutBatch& message) {
  message.set_id(batch.id);
  message.set_state(std::string(rules::ledger::format_batch_state(batch.state)));
  message.set_count(static_cast<uint32_t>(batch.numbers.size()));
  wire::to_money(batch.total, *message.mutable_total());
  message.set_created_by(batch.created_by.id);
  message.set_approved_by(batch.approved_by.id);
  wire::to_timestamp(batch.created_at, *message.mutable_created_at());
  if (batch.state != PayoutBatch::State::draft)
    wire::to_timestamp(batch.approved_at, *message.mutable_approved_at());
  message.set_content_hash(batch.content_hash);
}

/// A batch with its lines, as they are at one position.
struct Loaded {
  PayoutBatch batch;
  std::vector<Compensation> lines;
};

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

std::string caller(const wire::Identity& who) { return who.name; }

}  // namespace

class PayoutService::Body final : public v1::PayoutService::Service {
 public:
  explicit Body(runtime::EngineLoop& loop) : loop_(loop) {}

  grpc::Status ListPayouts(grpc::ServerContext* context, const v1::ListPayoutsRequest* request,
                           v1::ListPayoutsResponse* response) override {
    return serve_person(*context, [&](const wire::Identity&) { return list(*request, *response); });
  }

  grpc::Status CreatePayoutBatch(grpc::ServerContext* context,
                                 const v1::CreatePayoutBatchRequest* request,
                                 v1::PayoutBatch* response) override {
    return serve_person(*context, [&](const wire::Identity& who) {
      return created_.once(caller(who), *request, *response,
                           [&] { return create(*request, who, *response); });
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

  grpc::Status ApprovePayoutBatch(grpc::ServerContext* context,
                                  const v1::ApprovePayoutBatchRequest* request,
                                  v1::PayoutBatch* response) override {
    return serve_person(*context, [&](const wire::Identity& who) {
      return approved_.once(caller(who), *request, *response,
                            [&] { return approve(*request, who, *response); });
    });
  }

  grpc::Status ExportPayoutBatch(grpc::ServerContext* context,
                                 const v1::ExportPayoutBatchRequest* request,
                                 v1::ExportPayoutBatchResponse* response) override {
    return serve_named(*context, [&](const wire::Identity& who) {
      return export_batch(*request, who, *response);
    });
  }

  grpc::Status RedeemVoucher(grpc::ServerContext* context, const v1::RedeemVoucherRequest* request,
                             v1::Payout* response) override {
    return serve(*context, [&](const wire::Identity& who) {
      return redeemed_.once(caller(who), *request, *response,
                            [&] { return redeem(*request, who, *response); });
    });
  }

 private:
  Result<void> list(const v1::ListPayoutsRequest& request, v1::ListPayoutsResponse& response) {
    Result<size_t> size = wire::page_size(request.page_size(), 1000, 5000);
    if (!size) return size.error();
    Result<uint64_t> from = wire::position_of_token(request.page_token());
    if (!from) return from.error();
    if (!request.state().empty() && !rules::model::find_paid_state(request.state())) {
      return wire::invalid_field(
          "state", fmt::format("expected a state like `owed`, but got `{}`", request.state()));
    }
    uint64_t next = *from;
    bool is_more = true;
    while (is_more && static_cast<size_t>(response.payouts_size()) < *size) {
      Result<void> seen = wire::look(loop_, [&](const State& state) {
        is_more = list_chunk(state, request, *size, next, response);
      });
      if (!seen) return seen;
    }
    if (is_more) response.set_next_page_token(std::to_string(next));
    return {};
  }

  /// Goes on from `next`, over a bounded number of compensations; true when there are more.
  static bool list_chunk(const State& state, const v1::ListPayoutsRequest& request, size_t size,
                         uint64_t& next, v1::ListPayoutsResponse& response) {
    constexpr size_t kVisitedMax = 4096;  // a query that takes longer holds up the loop
    size_t visited = 0;
    const auto& all = state.ledger.compensations();
    for (auto at = all.lower_bound(next); at != all.end(); ++at) {
      next = at->first;
      if (++visited > kVisitedMax || static_cast<size_t>(response.payouts_size()) == size)
        return true;
      const Compensation& compensation = at->second;
      if (!request.batch().empty() && compensation.batch != request.batch()) continue;
      if (!request.state().empty() &&
          rules::model::format_paid_state(compensation.state) != request.state())
        continue;
      if (request.paid_in_error() && !compensation.is_paid_in_error) continue;
      to_payout(compensation, *response.add_payouts());
    }
    return false;
  }

  Result<Loaded> load(const std::string& id) {
    std::optional<Loaded> loaded;
    Result<void> seen = wire::look(loop_, [&](const State& state) {
      const PayoutBatch* batch = state.ledger.find_batch(id);
      if (batch == nullptr) return;
      loaded.emplace().batch = *batch;
      for (uint64_t number : batch->numbers) {
        const Compensation* line = state.ledger.find(number);
        rules::model::ensure(line != nullptr, "a batch's lines are compensations of the ledger");
        loaded->lines.push_back(*line);
      }
    });
    if (!seen) return seen.error();
    if (!loaded)
      return Error{"not_found", fmt::format("there is no payout batch `{}`", id), "", {}};
    return std::move(*loaded);
  }

  Result<void> answer_batch(const std::string& id, v1::PayoutBatch& response) {
    Result<Loaded> loaded = load(id);
    if (!loaded) return loaded.error();
    to_batch(loaded->batch, response);
    if (response.content_hash().empty())
      response.set_content_hash(finance::content_hash(loaded->batch, loaded->lines));
    return {};
  }

  Result<void> create(const v1::CreatePayoutBatchRequest& request, const wire::Identity& who,
                      v1::PayoutBatch& response) {
    Instant until = loop_.now();
    if (request.has_until()) {
      Result<Instant> read = wire::from_timestamp(request.until());
      if (!read) return wire::invalid_field("until", read.error().message);
      until = *read;
    }
    Result<Facts> facts = wire::ask(loop_, rules::model::CloseBatch{until}, who.actor());
    if (!facts) return facts.error();
    for (const rules::model::Fact& fact : *facts) {
      const auto* closed = std::get_if<rules::model::BatchClosed>(&fact.body);
      if (closed != nullptr) return answer_batch(closed->id, response);
    }
    return Error{"nothing_to_pay", "no transfer is owed that is not in a batch already", "", {}};
  }

  Result<void> approve(const v1::ApprovePayoutBatchRequest& request, const wire::Identity& who,
                       v1::PayoutBatch& response) {
    Result<Loaded> loaded = load(request.id());
    if (!loaded) return loaded.error();
    rules::model::ApproveBatch command{request.id(),
                                       finance::content_hash(loaded->batch, loaded->lines)};
    Result<Facts> facts = wire::ask(loop_, std::move(command), who.actor());
    if (!facts) return facts.error();
    return answer_batch(request.id(), response);
  }

  Result<void> export_batch(const v1::ExportPayoutBatchRequest& request, const wire::Identity& who,
                            v1::ExportPayoutBatchResponse& response) {
    Result<Loaded> loaded = load(request.id());
    if (!loaded) return loaded.error();
    Result<std::string> file = finance::render(request.format(), {loaded->batch, loaded->lines});
    if (!file) return file.error();
    bool is_approved = loaded->batch.state != PayoutBatch::State::draft;
    if (is_approved &&
        finance::content_hash(loaded->batch, loaded->lines) != loaded->batch.content_hash) {
      return Error{
          "storage", fmt::format("batch {} is not what was approved", request.id()), "", {}};
    }
    Result<Facts> facts =
        wire::ask(loop_, rules::model::ExportBatch{request.id(), request.format()}, who.actor());
    if (!facts) return facts.error();
    response.set_content(std::move(*file));
    response.set_file_name(finance::file_name(request.format(), loaded->batch));
    return {};
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
      if (compensation != nullptr) to_payout(*compensation, response);
    });
  }

  runtime::EngineLoop& loop_;
  wire::RecentAnswers<v1::PayoutBatch> created_;
  wire::RecentAnswers<v1::PayoutBatch> approved_;
  wire::RecentAnswers<v1::Payout> redeemed_;
};

PayoutService::PayoutService(runtime::EngineLoop& loop) : body_(std::make_unique<Body>(loop)) {}
PayoutService::~PayoutService() = default;
grpc::Service& PayoutService::service() { return *body_; }

}  // namespace lupaus::server::api
