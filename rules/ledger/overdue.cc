// What the calendar does to a payout: the day by which it must be paid, the one second compensation
// where that day passes unpaid (R57), and the end of a voucher that nobody redeemed.
#include "rules/ledger/overdue.h"

#include <fmt/format.h>

#include "rules/calendar/zone.h"
#include "rules/ledger/payouts.h"

namespace lupaus::rules::ledger {
namespace {

using model::Instant;
using model::LocalDate;
using model::PaidState;

/// Minutes of a date: its 24:00.
constexpr int kDayEnd = 24 * 60;

/// The zone in whose days the branch pays: that of its hours, else its own.
const model::ZoneTable* zone_of_days(const engine::State& state, std::string_view branch) {
  const calendar::Calendar* hours = state.hours(branch);
  return hours != nullptr ? &hours->zone() : state.zone(branch);
}

/// Whether the customer had it by then. A voucher is paid when it is issued: when it is redeemed is
/// the customer's own choice. A transfer is paid when the bank says so.
bool is_met(const Ledger& ledger, const Compensation& first, Instant overdue_at) {
  const Compensation* c = &first;
  // What the bank refused counts as what was owed for it again; what it gave back was paid.
  while (c->state == PaidState::failed && c->reversed_by != 0) {
    c = ledger.find(c->reversed_by);
    if (c == nullptr) return true;
  }
  const bool is_voucher_out = !c->voucher.empty() && !c->is_voucher_void;
  switch (c->state) {
    case PaidState::owed:
    case PaidState::approved:
    case PaidState::dispatched:
    case PaidState::failed:
      return is_voucher_out;
    case PaidState::paid:
      return is_voucher_out || c->changed_at < overdue_at;
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
    const Instant overdue_at =
        calendar::to_instant(*zone, *c->due_on, kDayEnd, calendar::Fold::first);
    if (!is_met(state.ledger, *c, overdue_at)) state.ledger.watch(number, overdue_at);
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

namespace {

/// The end of the last of so many days of the branch's hours; nullopt: no such day comes.
std::optional<Instant> end_of_days(const engine::State& state, const model::Limit& limit,
                                   std::string_view branch, Instant from) {
  const calendar::Calendar* hours = state.hours(branch);
  if (hours == nullptr && limit.unit == model::Limit::Unit::business_days) return std::nullopt;
  return calendar::end_of_nth_day(*zone_of_days(state, branch), hours, from, limit.days,
                                  limit.unit);
}

}  // namespace

std::optional<LocalDate> payout_due_on(const engine::State& state, const model::Promise& promise,
                                       std::string_view branch, Instant final_at) {
  const auto& due = promise.compensation->due;
  const auto* zone = zone_of_days(state, branch);
  if (!due || zone == nullptr) return std::nullopt;
  if (due->unit == model::Limit::Unit::duration)
    return calendar::local_date(*zone, final_at + due->duration);
  const auto end = end_of_days(state, *due, branch, final_at);
  if (!end) return std::nullopt;
  return calendar::local_date(*zone, *end - model::Duration(1));
}

std::optional<Instant> end_of_limit(const engine::State& state, const model::Limit& limit,
                                    std::string_view branch, Instant from) {
  if (limit.unit == model::Limit::Unit::duration) return from + limit.duration;
  if (zone_of_days(state, branch) == nullptr) return std::nullopt;
  return end_of_days(state, limit, branch, from);
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
    if (c == nullptr || is_met(state.ledger, *c, overdue->overdue_at) ||
        state.ledger.has_late(c->number))
      continue;
    const model::Promise* promise = promise_of(state.engine, c->key);
    model::ensure(promise != nullptr, "a watched compensation obeys a promise");
    return late_payment(state, *c, *promise, overdue->overdue_at);
  }
  return std::nullopt;
}

}  // namespace lupaus::rules::ledger
