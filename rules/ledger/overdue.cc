// What the calendar does to a payout: the day by which it must be paid, the one second compensation
// where that day passes unpaid (R57), and the end of a voucher that nobody redeemed.
#include "rules/ledger/overdue.h"

#include <fmt/format.h>

#include "rules/calendar/zone.h"
#include "rules/ledger/payouts.h"

namespace lupaus::rules::ledger {
namespace {

using model::Instant;
using model::PaidState;

/// Minutes of a date: its 24:00.
constexpr int kDayEnd = 24 * 60;

Instant overdue_from(const model::ZoneTable& zone, model::LocalDate due_on) {
  return calendar::to_instant(zone, due_on, kDayEnd, calendar::Fold::first);
}

/// What was paid before that instant was noted has only the time of its last step.
Instant paid_at(const Compensation& c) { return c.paid_at != Instant{} ? c.paid_at : c.changed_at; }

/// A transfer that left in time is in time until its bank says when it booked it, at most so long
/// after the promised day: finance imports answers days later, and nobody is owed for that.
constexpr model::Duration kAnswerGrace = std::chrono::hours(7 * 24);

/// What stands for it now. What the bank refused counts as what was owed for it again; what it gave
/// back was paid. Null: nobody knows.
const Compensation* standing_for(const Ledger& ledger, const Compensation& first) {
  const Compensation* c = &first;
  while (c != nullptr && c->state == PaidState::failed && c->reversed_by != 0)
    c = ledger.find(c->reversed_by);
  return c;
}

/// Until when the bank's answer is waited for; `overdue_at` where it cannot make it in time.
Instant judged_at(const Ledger& ledger, const Compensation& first, Instant overdue_at) {
  const Compensation* c = standing_for(ledger, first);
  if (c == nullptr || c->batch.empty()) return overdue_at;
  const bool is_day_unknown =
      c->state == PaidState::dispatched || (c->state == PaidState::paid && !c->booked_on);
  if (!is_day_unknown) return overdue_at;
  const PayoutBatch* batch = ledger.find_batch(c->batch);
  const bool is_in_time = batch != nullptr && batch->exported_at < overdue_at;
  return is_in_time ? overdue_at + kAnswerGrace : overdue_at;
}

/// Whether the customer had it by then. A voucher is paid when it is issued: when it is redeemed is
/// the customer's own choice. A transfer is paid on the day on which the bank booked it.
bool is_met(const Ledger& ledger, const Compensation& first, Instant overdue_at) {
  const Compensation* c = standing_for(ledger, first);
  if (c == nullptr) return true;
  const bool is_voucher_out = !c->voucher.empty() && !c->is_voucher_void;
  switch (c->state) {
    case PaidState::owed:
    case PaidState::approved:
    case PaidState::dispatched:
    case PaidState::failed:
      return is_voucher_out;
    case PaidState::paid:
      if (c->booked_on && first.due_on) return *c->booked_on <= *first.due_on;
      return is_voucher_out || paid_at(*c) < overdue_at;
    default:
      return true;  // nothing is to be paid, or a bank gave it back
  }
}

void watch_new(State& state) {
  for (const uint64_t number : state.ledger.take_unwatched()) {
    const Compensation* c = state.ledger.find(number);
    if (c == nullptr || !c->due_on || state.ledger.has_late(number)) continue;
    const model::Promise* promise = promise_of(state.engine, c->key);
    if (promise == nullptr || !promise->compensation || !promise->compensation->late) continue;
    const auto* zone = zone_of_days(state.engine, c->key.branch);
    if (zone == nullptr) continue;
    const Instant overdue_at = overdue_from(*zone, *c->due_on);
    if (!is_met(state.ledger, *c, overdue_at))
      state.ledger.watch(number, judged_at(state.ledger, *c, overdue_at));
  }
}

/// Nobody is paid for a lateness that may be none: "" where it is sure.
std::string why_unsure(const State& state, const Compensation& c, Instant overdue_at) {
  const Compensation* last = state.ledger.find(c.key);
  std::string doubt = doubt_of(state, last == nullptr ? c : *last);
  const bool is_day_unknown = judged_at(state.ledger, c, overdue_at) > overdue_at;
  return doubt.empty() && is_day_unknown ? "no booking day from the bank" : doubt;
}

model::Owed late_payment(const State& state, const Compensation& c, const model::Promise& promise,
                         Instant overdue_at) {
  model::Owed owed;
  owed.number = state.ledger.next_number();
  owed.key = c.key;
  owed.customer = c.customer;
  owed.computed = *promise.compensation->late;
  owed.amount = owed.computed;
  owed.state = PaidState::owed;
  owed.instrument = c.instrument;
  owed.breached_at = overdue_at;
  owed.late_of = c.number;
  owed.reason = fmt::format("late: {} was due on {}",
                            compensation_id(state.engine.settings().partition, c.number),
                            model::format_local_date(*c.due_on));
  const model::Span& span = promise.compensation->span;
  hold_for(why_unsure(state, c, overdue_at), owed);
  owed.tier_clause = fmt::format("late pays {}, {}:{}:{}", model::format_money(owed.computed),
                                 span.file, span.line, span.column);
  return owed;
}

}  // namespace

std::optional<Instant> payout_overdue_at(const State& state, const Compensation& compensation) {
  if (!compensation.due_on) return std::nullopt;
  const auto* zone = zone_of_days(state.engine, compensation.key.branch);
  if (zone == nullptr) return std::nullopt;
  return overdue_from(*zone, *compensation.due_on);
}

bool is_due_missed(const State& state, const Compensation& compensation, Instant now) {
  const auto overdue_at = payout_overdue_at(state, compensation);
  if (!overdue_at || judged_at(state.ledger, compensation, *overdue_at) > now) return false;
  return compensation.state == PaidState::held || !is_met(state.ledger, compensation, *overdue_at);
}

std::vector<model::FactBody> take_expired_voucher(State& state, Instant now) {
  while (const auto number = state.ledger.take_expired(now)) {
    const Compensation* c = state.ledger.find(*number);
    const bool is_out = c != nullptr && c->state == PaidState::dispatched && !c->is_voucher_void &&
                        c->voucher_expires_at && *c->voucher_expires_at <= now;
    if (!is_out) continue;
    std::vector<model::FactBody> bodies;
    bodies.emplace_back(model::VoucherVoided{c->number, c->voucher, "expired"});
    bodies.emplace_back(declined(state.ledger, *c, "voucher expired"));
    return bodies;
  }
  return {};
}

std::optional<model::Owed> take_late_payment(State& state, Instant now) {
  watch_new(state);
  while (const auto overdue = state.ledger.take_overdue(now)) {
    const Compensation* c = state.ledger.find(overdue->number);
    const auto overdue_at = c == nullptr ? std::nullopt : payout_overdue_at(state, *c);
    if (!overdue_at || state.ledger.has_late(c->number)) continue;
    if (is_met(state.ledger, *c, *overdue_at)) continue;
    if (const Instant at = judged_at(state.ledger, *c, *overdue_at); at > now) {
      state.ledger.watch(c->number, at);  // it left since it was watched
      continue;
    }
    const model::Promise* promise = promise_of(state.engine, c->key);
    model::ensure(promise != nullptr, "a watched compensation obeys a promise");
    return late_payment(state, *c, *promise, *overdue_at);
  }
  return std::nullopt;
}

}  // namespace lupaus::rules::ledger
