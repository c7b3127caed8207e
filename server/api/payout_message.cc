// Messages of compensations and batches.
#include "server/api/payout_message.h"

#include <map>

#include "fmt/format.h"
#include "lupaus/v1/payout.pb.h"
#include "rules/ledger/overdue.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::ledger::State;
using rules::model::Error;
using rules::model::Instant;
using rules::model::PaidState;
using rules::model::Result;

std::string id_of(uint64_t number) {
  return number == 0 ? "" : rules::ledger::compensation_id(kPayoutPartition, number);
}

std::string_view voucher_state(const Compensation& compensation, Instant now) {
  if (compensation.voucher.empty()) return "";
  if (compensation.is_redeemed) return "redeemed";
  const auto& expires_at = compensation.voucher_expires_at;
  const bool is_held = compensation.state == PaidState::held;  // and valid anew once let go
  if (!is_held && expires_at && *expires_at <= now) return "expired";
  return compensation.is_voucher_void ? "void" : "issued";
}

void set_times(const State& state, const Compensation& compensation, v1::Payout& message) {
  wire::to_timestamp(compensation.owed_at, *message.mutable_owed_at());
  wire::to_timestamp(compensation.changed_at, *message.mutable_changed_at());
  if (compensation.paid_at != Instant{})
    wire::to_timestamp(compensation.paid_at, *message.mutable_paid_at());
  if (compensation.booked_on)
    message.set_booked_date(rules::model::format_local_date(*compensation.booked_on));
  if (compensation.due_on)
    message.set_due_date(rules::model::format_local_date(*compensation.due_on));
  if (const auto at = rules::ledger::payout_overdue_at(state, compensation))
    wire::to_timestamp(*at, *message.mutable_due_on());
  if (compensation.voucher_expires_at)
    wire::to_timestamp(*compensation.voucher_expires_at, *message.mutable_voucher_expires_at());
  if (compensation.claim_until)
    wire::to_timestamp(*compensation.claim_until, *message.mutable_claim_until());
}

}  // namespace

bool is_awaiting_payee(const Compensation& compensation, const HasPayee& has_payee) {
  if (compensation.instrument != rules::model::Instrument::transfer || !compensation.batch.empty())
    return false;
  const bool is_to_be_paid = compensation.state == PaidState::owed ||
                             compensation.state == PaidState::approved ||
                             compensation.state == PaidState::held;
  if (!is_to_be_paid || !compensation.amount) return false;
  if (compensation.customer.empty()) return true;
  return has_payee && !has_payee(compensation.customer);
}

void to_payout(const State& state, const Compensation& compensation, const PayoutSight& sight,
               v1::Payout& message) {
  message.set_id(id_of(compensation.number));
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
  message.set_batch(compensation.batch);
  if (sight.has_voucher_codes) message.set_voucher(compensation.voucher);
  message.set_voucher_state(std::string(voucher_state(compensation, sight.now)));
  message.set_paid_in_error(compensation.is_paid_in_error);
  message.set_reverses(id_of(compensation.reverses));
  message.set_reversed_by(id_of(compensation.reversed_by));
  message.set_late_of(id_of(compensation.late_of));
  message.set_bank_code(compensation.bank_code);
  message.set_reference(compensation.reference);
  for (const std::string& who : compensation.approved_by) message.add_approved_by(who);
  message.set_awaiting_payee(is_awaiting_payee(compensation, sight.has_payee));
  message.set_due_missed(rules::ledger::is_due_missed(state, compensation, sight.now));
  set_times(state, compensation, message);
}

void to_batch(const PayoutBatch& batch, v1::PayoutBatch& message) {
  message.set_id(batch.id);
  message.set_state(std::string(rules::ledger::format_batch_state(batch.state)));
  message.set_count(static_cast<uint32_t>(batch.numbers.size()));
  wire::to_money(batch.total, *message.mutable_total());
  message.set_created_by(batch.created_by.id);
  message.set_approved_by(batch.approved_by.id);
  wire::to_timestamp(batch.created_at, *message.mutable_created_at());
  wire::to_timestamp(batch.until, *message.mutable_until());
  if (batch.approved_at != Instant{})
    wire::to_timestamp(batch.approved_at, *message.mutable_approved_at());
  if (batch.exported_at != Instant{})
    wire::to_timestamp(batch.exported_at, *message.mutable_exported_at());
  message.set_content_hash(batch.content_hash);
  message.set_discarded_reason(batch.discarded_reason);
}

void add_state_sums(const std::vector<Compensation>& lines, v1::PayoutBatch& message) {
  struct Sum {
    uint32_t count = 0;
    rules::model::Money total;
  };
  std::map<std::string_view, Sum> sums;
  for (const Compensation& line : lines) {
    if (!line.amount) continue;
    Sum& sum = sums[rules::model::format_paid_state(line.state)];
    sum.total.currency = line.amount->currency;
    // INVARIANT: no overflow: they are parts of the batch's total.
    sum.total.minor += line.amount->minor;
    ++sum.count;
  }
  for (const auto& [state, sum] : sums) {
    v1::PayoutStateSum& part = *message.add_lines();
    part.set_state(std::string(state));
    part.set_count(sum.count);
    wire::to_money(sum.total, *part.mutable_total());
  }
}

Result<uint64_t> payout_number(const std::string& id) {
  const uint64_t number = rules::ledger::compensation_number(kPayoutPartition, id);
  if (number != 0) return number;
  return Error{"not_found",
               fmt::format("there is no payout `{}`", id),
               "an id reads like C-1-42; `lupaus payouts list` shows them",
               {}};
}

}  // namespace lupaus::server::api
