// What is owed for breaches and becomes of it, in the cells of their commitments: sums, how long
// payments took, and whether they came by the promised day.
#include <utility>

#include "server/report/rollup_cells.h"

namespace lupaus::server::report {

using rules::model::Claimed;
using rules::model::Fact;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::Money;
using rules::model::Owed;
using rules::model::Released;

namespace {

/// What caps left out.
int64_t capped(const Money& computed, const std::optional<Money>& amount, std::string_view reason) {
  if (!reason.starts_with("cap ")) return 0;
  return computed.minor - (amount ? amount->minor : 0);
}

rules::model::Currency currency_of(const KeptPayment& payment) {
  return payment.amount ? payment.amount->currency : payment.computed.currency;
}

}  // namespace

void RollupCells::add_sums(KeptCommitment& commitment, const MoneySums& sums) {
  if (!sums.currency.is_set()) return;
  RollupTotals change;
  change.add_money(sums);
  add(commitment, change);
}

void RollupCells::add_money(const Owed& owed) {
  KeptCommitment* kept = find(owed.key);
  if (kept == nullptr) return;
  const bool is_first = owed.late_of == 0 && owed.reverses == 0;
  if (is_first && kept->is_charged) return;
  if (is_first) kept->is_charged = true;
  KeptPayment payment;
  payment.key = owed.key;
  payment.computed = owed.computed;
  payment.amount = owed.amount;
  payment.breached_at = owed.breached_at;
  payment.due_on = owed.due_on;
  payment.is_late = owed.late_of != 0;
  if (owed.reverses != 0) {
    repeat(owed.reverses, payment);
  } else {
    payment.owed_minor = owed.amount ? owed.amount->minor : 0;
    payment.capped_minor = capped(owed.computed, owed.amount, owed.reason);
    add_sums(*kept, {currency_of(payment), payment.owed_minor, 0, payment.capped_minor});
  }
  if (owed.number == 0) return;
  payments_.insert_or_assign(owed.number, std::move(payment));
  changed_payments_.insert(owed.number);
}

/// WHY: what came back or was refused, and is owed again, is the same debt of the same breach, with
/// the same promised day.
void RollupCells::repeat(uint64_t number, KeptPayment& again) {
  KeptPayment* before = find(number);
  if (before == nullptr) return;
  again.owed_minor = std::exchange(before->owed_minor, 0);
  again.breached_at = before->breached_at;
  again.due_on = before->due_on;
  again.was_paid = before->was_paid;
  again.is_late = before->is_late;
}

void RollupCells::release(const Released& released) {
  KeptPayment* payment = find(released.number);
  KeptCommitment* kept = payment == nullptr ? nullptr : find(payment->key);
  if (kept == nullptr) return;
  const int64_t owed = released.amount ? released.amount->minor : 0;
  const int64_t left_out = capped(released.computed, released.amount, released.reason);
  add_sums(*kept, {released.computed.currency, owed - payment->owed_minor, 0,
                   left_out - payment->capped_minor});
  payment->amount = released.amount;
  payment->owed_minor = owed;
  payment->capped_minor = left_out;
  payment->is_declined = false;
}

void RollupCells::pay(uint64_t number, Instant at, const std::optional<LocalDate>& booked_on) {
  KeptPayment* payment = find(number);
  KeptCommitment* kept = payment == nullptr ? nullptr : find(payment->key);
  if (kept == nullptr || !payment->amount) return;
  if (payment->is_paid) {
    if (booked_on && !payment->is_late) change_paid(*kept, paid_group(*payment, at, booked_on));
    return;
  }
  payment->is_paid = true;
  const bool is_first = !std::exchange(payment->was_paid, true) && !payment->is_late;
  const Instant had_at = payment->issued_at.value_or(at);
  RollupTotals figures;
  figures.add_money({payment->amount->currency, 0, payment->amount->minor, 0});
  if (is_first) figures.payments.add((had_at - payment->breached_at).count());
  add(*kept, figures);
  if (!payment->is_late) change_paid(*kept, paid_group(*payment, had_at, booked_on));
}

void RollupCells::take_back(uint64_t number) {
  KeptPayment* payment = find(number);
  KeptCommitment* kept = payment == nullptr ? nullptr : find(payment->key);
  if (kept == nullptr || !payment->is_paid || !payment->amount) return;
  payment->is_paid = false;
  add_sums(*kept, {payment->amount->currency, 0, -payment->amount->minor, 0});
  if (!payment->is_late) change_paid(*kept, std::nullopt);
}

/// What never will be paid is owed no more.
void RollupCells::decline(uint64_t number) {
  KeptPayment* payment = find(number);
  KeptCommitment* kept = payment == nullptr ? nullptr : find(payment->key);
  if (kept == nullptr) return;
  payment->is_declined = true;
  add_sums(*kept, {currency_of(*payment), -std::exchange(payment->owed_minor, 0), 0, 0});
}

/// A claim that was told late brings back what was declined for want of it.
void RollupCells::claim(const Claimed& claimed) {
  KeptPayment* payment = find(claimed.number);
  KeptCommitment* kept = payment == nullptr ? nullptr : find(payment->key);
  if (kept == nullptr) return;
  payment->due_on = claimed.due_on;
  if (!std::exchange(payment->is_declined, false) || !payment->amount) return;
  payment->owed_minor = payment->amount->minor;
  add_sums(*kept, {payment->amount->currency, payment->owed_minor, 0, 0});
}

AnswerGroup RollupCells::paid_group(const KeptPayment& payment, Instant at,
                                    const std::optional<LocalDate>& booked_on) const {
  const auto zone = zones_.find(payment.key.branch);
  const auto day =
      booked_on ? *booked_on : local_day(zone == zones_.end() ? nullptr : &zone->second, at);
  // WHY: where no day is promised none is missed.
  return payment.due_on && day > *payment.due_on ? AnswerGroup::paid_after_due
                                                 : AnswerGroup::paid_within_due;
}

void RollupCells::evolve_voucher(const Fact& fact) {
  namespace model = rules::model;
  if (const auto* issued = std::get_if<model::VoucherIssued>(&fact.body)) {
    // One that was held is issued again, and was with the customer before.
    KeptPayment* payment = find(issued->number);
    if (payment != nullptr && !payment->issued_at) payment->issued_at = fact.at;
  } else if (const auto* redeemed = std::get_if<model::VoucherRedeemed>(&fact.body)) {
    pay(redeemed->number, fact.at);
  } else if (const auto* voided = std::get_if<model::VoucherVoided>(&fact.body)) {
    if (KeptPayment* payment = find(voided->number)) payment->issued_at.reset();
  }
}

void RollupCells::evolve_money(const Fact& fact) {
  namespace model = rules::model;
  if (const auto* owed = std::get_if<Owed>(&fact.body)) {
    add_money(*owed);
  } else if (const auto* released = std::get_if<Released>(&fact.body)) {
    release(*released);
  } else if (const auto* paid = std::get_if<model::Paid>(&fact.body)) {
    pay(paid->number, fact.at, paid->booked_on);
  } else if (const auto* told = std::get_if<model::BankAnswered>(&fact.body)) {
    if (told->booked_on) pay(told->number, fact.at, told->booked_on);
  } else if (const auto* reversed = std::get_if<model::Reversed>(&fact.body)) {
    take_back(reversed->number);
  } else if (const auto* declined = std::get_if<model::Declined>(&fact.body)) {
    decline(declined->number);
  } else if (const auto* claimed = std::get_if<Claimed>(&fact.body)) {
    claim(*claimed);
  } else {
    evolve_voucher(fact);
  }
}

}  // namespace lupaus::server::report
