// Reviews are the commitments that the engine knows to be under review; what is at stake is priced
// when it is asked for.
#include "rules/ledger/reviews.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/ledger/payouts.h"
#include "rules/ledger/tariff.h"

namespace lupaus::rules::ledger {
namespace {

using engine::Commitment;
using engine::Ticket;
using model::Error;
using model::PaidState;
using model::Result;
using model::Verdict;

/// What the tariff says of the commitment, were it breached; nullopt: nothing.
std::optional<model::Money> price(const State& state, const Ticket& ticket, Commitment commitment) {
  const model::Promise* promise = state.engine.promise(commitment);
  if (promise == nullptr || !promise->compensation) return std::nullopt;
  auto& cycle = commitment.cycle;
  const auto least = engine::least_breach(cycle, promise->is_boundary_inclusive);
  cycle.counted = std::max(cycle.counted, least);
  cycle.verdict = Verdict::breached;
  cycle.is_broken = true;
  const Tariffed priced =
      tariff(*promise, TicketReading(state.engine, ticket, commitment, *promise));
  return priced.unpaid.empty() ? priced.computed : std::nullopt;
}

Review make_review(const State& state, const Ticket& ticket, const Commitment& commitment) {
  Review review;
  review.key = state.engine.key_of(ticket, commitment);
  review.label = ticket.label;
  review.since = commitment.finalised_at;
  review.reason = commitment.cycle.reason();
  review.verdict = commitment.cycle.verdict;
  review.late_verdict = commitment.late_verdict;
  review.decided = commitment.decided;
  const Compensation* c = commitment.is_held ? state.ledger.find(review.key) : nullptr;
  if (c == nullptr) {
    review.at_stake = price(state, ticket, commitment);
    return review;
  }
  review.kind = Review::Kind::held;
  review.since = c->changed_at;
  review.reason = c->reason;
  review.compensation = c->number;
  review.at_stake = c->amount;
  return review;
}

Result<void> check(const model::DecideReview& decision) {
  const bool is_verdict = decision.verdict == Verdict::kept ||
                          decision.verdict == Verdict::breached ||
                          decision.verdict == Verdict::voided;
  if (!is_verdict) {
    return Error{"bad_verdict",
                 fmt::format("expected the verdict kept, breached or void, but it is `{}`",
                             model::format_verdict(decision.verdict)),
                 "",
                 {}};
  }
  if (decision.reason.empty()) {
    return Error{"bad_reason",
                 "expected a reason for the decision, but it is empty",
                 "say why with `--reason TEXT`",
                 {}};
  }
  return {};
}

Error no_review(const model::DecideReview& decision) {
  return Error{
      "not_found",
      fmt::format("nothing of `{}` waits for a decision", model::format_commitment(decision.key)),
      "list what does with `lupaus reviews list`",
      {}};
}

}  // namespace

std::string_view format_review_kind(Review::Kind kind) {
  return kind == Review::Kind::held ? "held" : "indeterminate";
}

ReviewPage reviews(const State& state, size_t limit,
                   const std::optional<std::pair<model::Instant, model::TicketSlot>>& after) {
  ReviewPage page;
  const auto& waiting = state.engine.under_review();
  auto next = after ? waiting.upper_bound(*after) : waiting.begin();
  for (; next != waiting.end() && page.reviews.size() < limit; ++next) {
    const Ticket& ticket = state.engine.ticket(next->second);
    for (const auto& commitment : ticket.commitments) {
      if (engine::is_under_review(commitment))
        page.reviews.push_back(make_review(state, ticket, commitment));
    }
    page.next = *next;
  }
  if (next == waiting.end()) page.next.reset();
  return page;
}

Result<std::vector<model::FactBody>> decide_review(const State& state,
                                                   const model::DecideReview& decision,
                                                   model::Instant now) {
  if (auto checked = check(decision); !checked) return checked.error();
  const auto slot = state.engine.find_ticket(decision.key.branch, decision.key.ticket);
  if (!slot) return no_review(decision);
  const Ticket& ticket = state.engine.ticket(*slot);
  const auto found =
      std::find_if(ticket.commitments.begin(), ticket.commitments.end(), [&](const auto& c) {
        return c.number == decision.key.cycle &&
               state.engine.promise_name(c.line) == decision.key.promise;
      });
  if (found == ticket.commitments.end()) return no_review(decision);
  const model::CommitmentKey key = state.engine.key_of(ticket, *found);
  const bool is_waiting = engine::is_under_review(*found);
  if (!is_waiting && found->decided != Verdict::open) {
    return Error{"already_decided",
                 fmt::format("`{}` was decided as {}", model::format_commitment(key),
                             model::format_verdict(found->decided)),
                 "",
                 {}};
  }
  if (!is_waiting) return no_review(decision);
  std::vector<model::FactBody> facts;
  facts.emplace_back(
      model::ReviewDecided{key, decision.verdict, decision.reason, decision.evidence});
  const Compensation* c = found->is_held ? state.ledger.find(key) : nullptr;
  if (c == nullptr || c->state != PaidState::held) return facts;
  if (decision.verdict != Verdict::breached) {
    if (!c->voucher.empty() && !c->is_voucher_void)
      facts.emplace_back(model::VoucherVoided{c->number, c->voucher, decision.reason});
    facts.emplace_back(declined(state.ledger, *c, decision.reason));
    return facts;
  }
  if (!c->amount) {
    return Error{
        "wrong_state",
        fmt::format("the sum of {} is not known ({})",
                    compensation_id(state.engine.settings().partition, c->number), c->reason),
        "decide it as kept or void, and pay the customer by other means",
        {}};
  }
  for (auto& fact : let_go(state, *c, now)) facts.push_back(std::move(fact));
  return facts;
}

void pending(const State& state, model::TicketSlot slot, model::Instant now,
             std::vector<Pending>& found) {
  const Ticket& ticket = state.engine.ticket(slot);
  if (!ticket.is_in_use) return;
  for (const auto& commitment : ticket.commitments) {
    const model::Instant at = engine::State::waits_for(commitment);
    if (at > now) continue;
    Pending& made = found.emplace_back();
    made.key = state.engine.key_of(ticket, commitment);
    made.waits_for = at;
    made.is_confirmed = commitment.is_confirmed;
    made.is_breached = commitment.is_confirmed || commitment.is_breach_recorded;
    if (made.is_breached) made.at_stake = price(state, ticket, commitment);
  }
}

}  // namespace lupaus::rules::ledger
