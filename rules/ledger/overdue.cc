// The payout is itself promised: the day by which it must be paid, and the one second compensation
// where that day passes unpaid (R57).
#include "rules/ledger/overdue.h"

#include <fmt/format.h>

#include "rules/calendar/zone.h"

namespace lupaus::rules::ledger {
namespace {

using model::Instant;
using model::PaidState;

/// Minutes of a date: its 24:00.
constexpr int kDayEnd = 24 * 60;

Instant overdue_from(const model::ZoneTable& zone, model::LocalDate due_on) {
  return calendar::to_instant(zone, due_on, kDayEnd, calendar::Fold::first);
}

/// Whether the customer had it by then. A voucher is paid when it is issued: when it is redeemed is
/// the customer's own choice.
bool is_met(const Compensation& c, Instant overdue_at) {
  switch (c.state) {
    case PaidState::owed:
    case PaidState::approved:
    case PaidState::dispatched:
    case PaidState::failed:
      return !c.voucher.empty();
    case PaidState::paid:
      return !c.voucher.empty() || c.changed_at < overdue_at;
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
    if (!is_met(*c, overdue_at)) state.ledger.watch(number, overdue_at);
  }
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
  owed.tier_clause = fmt::format("late pays {}, {}:{}:{}", model::format_money(owed.computed),
                                 span.file, span.line, span.column);
  return owed;
}

}  // namespace

bool is_due_missed(const engine::State& state, const Compensation& compensation, Instant now) {
  if (!compensation.due_on) return false;
  const auto* zone = zone_of_days(state, compensation.key.branch);
  if (zone == nullptr) return false;
  const Instant overdue_at = overdue_from(*zone, *compensation.due_on);
  return overdue_at <= now && !is_met(compensation, overdue_at);
}

std::optional<model::Owed> take_late_payment(State& state, Instant now) {
  watch_new(state);
  while (const auto overdue = state.ledger.take_overdue(now)) {
    const Compensation* c = state.ledger.find(overdue->number);
    if (c == nullptr || is_met(*c, overdue->overdue_at) || state.ledger.has_late(c->number))
      continue;
    const model::Promise* promise = promise_of(state.engine, c->key);
    model::ensure(promise != nullptr, "a watched compensation obeys a promise");
    return late_payment(state, *c, *promise, overdue->overdue_at);
  }
  return std::nullopt;
}

}  // namespace lupaus::rules::ledger
