// A claim counts by when it was made: the corrected time of its event. One that is told after the
// compensation has lapsed is left to a person, who sees what the caps leave by then.
#include "rules/ledger/claims.h"

#include <algorithm>

#include "rules/ledger/days.h"
#include "rules/ledger/payouts.h"

namespace lupaus::rules::ledger {
namespace {

using model::Instant;
using model::PaidState;

/// Asked for by an event of the ticket, from the start of the cycle to `until`.
bool is_claimed(const engine::State& state, const engine::Ticket& ticket, const Bill& bill,
                Instant until) {
  const std::string& type = bill.promise->compensation->claim->on;
  return std::any_of(ticket.events.begin(), ticket.events.end(), [&](const auto& event) {
    return event.at >= bill.cycle.started_at && event.at <= until && state.name(event.type) == type;
  });
}

bool is_claimable(const Compensation& c) {
  if (!c.claim_until) return false;
  return c.state == PaidState::claimable || c.state == PaidState::held ||
         (c.state == PaidState::declined && c.reason == kNotClaimed);
}

/// Of a ticket in memory: its cycle had begun by then. Of any other it had.
bool has_begun(const engine::State& state, const model::CommitmentKey& key, Instant at) {
  const auto slot = state.find_ticket(key.branch, key.ticket);
  if (!slot) return true;
  const auto& commitments = state.ticket(*slot).commitments;
  const auto found = std::find_if(commitments.begin(), commitments.end(), [&](const auto& c) {
    return c.number == key.cycle && state.promise_name(c.line) == key.promise;
  });
  return found == commitments.end() || found->cycle.started_at <= at;
}

}  // namespace

std::optional<Instant> claim_until(const engine::State& state, const model::Promise& promise,
                                   std::string_view branch, Instant final_at) {
  const auto& claim = promise.compensation->claim;
  if (!claim) return std::nullopt;
  const auto end = end_of_length(state, branch, claim->within, final_at);
  if (!end) return std::nullopt;
  // A day ends when the next one begins.
  const bool is_length = claim->within.unit == model::Limit::Unit::duration;
  return is_length ? *end : *end - model::Duration(1);
}

void await_claim(const engine::State& state, const engine::Ticket& ticket, const Bill& bill,
                 Instant final_at, model::Owed& owed) {
  if (owed.state != PaidState::owed && owed.state != PaidState::held) return;
  const auto until = claim_until(state, *bill.promise, bill.key.branch, final_at);
  if (!until || is_claimed(state, ticket, bill, *until)) return;
  owed.claim_until = until;
  if (owed.state == PaidState::owed) owed.state = PaidState::claimable;
}

std::vector<model::Claimed> claims_of(const State& state, const model::Observed& observed,
                                      Instant now) {
  std::vector<model::Claimed> claims;
  if (!state.ledger.has_claims() || observed.event.ticket.empty()) return claims;
  const Instant at = observed.corrected_at();
  for (const Compensation* c :
       state.ledger.find_all(observed.event.branch, observed.event.ticket)) {
    if (!is_claimable(*c) || at > *c->claim_until || !has_begun(state.engine, c->key, at)) continue;
    const model::Promise* promise = promise_of(state.engine, c->key);
    if (promise == nullptr || !promise->compensation || !promise->compensation->claim ||
        promise->compensation->claim->on != observed.event.type)
      continue;
    claims.push_back({c->number, payout_due_on(state.engine, *promise, c->key.branch, now)});
  }
  return claims;
}

std::optional<model::Declined> take_unclaimed(Ledger& ledger, Instant now) {
  while (const auto lapsed = ledger.take_lapsed(now)) {
    const Compensation* c = ledger.find(lapsed->number);
    if (c == nullptr || c->state != PaidState::claimable) continue;
    return declined(ledger, *c, std::string(kNotClaimed));
  }
  return std::nullopt;
}

void fold_claim(const model::Claimed& claimed, Compensation& compensation) {
  compensation.claim_until.reset();
  compensation.due_on = claimed.due_on;
  if (compensation.state == PaidState::claimable) compensation.state = PaidState::owed;
  if (compensation.state != PaidState::declined) return;
  compensation.state = PaidState::held;
  compensation.reason = kClaimToldLate;
}

Bill::Claim unclaimed_at(const engine::State& state, const engine::Ticket& ticket, const Bill& bill,
                         Instant as_of) {
  const auto until = claim_until(state, *bill.promise, bill.key.branch, bill.settled_at);
  if (!until || is_claimed(state, ticket, bill, std::min(*until, as_of))) return Bill::Claim::none;
  return as_of <= *until ? Bill::Claim::open : Bill::Claim::lapsed;
}

}  // namespace lupaus::rules::ledger
