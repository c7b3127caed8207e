// The ticket is judged twice from its beginning, nothing being final: with the event and without
// it. What differs was late.
#include "rules/ledger/late_evidence.h"

#include <algorithm>

#include "rules/ledger/tariff.h"

namespace lupaus::rules::ledger {
namespace {

using engine::Commitment;
using engine::Ticket;
using model::PaidState;
using model::Verdict;

bool is_broken(Verdict verdict) {
  return verdict == Verdict::breached || verdict == Verdict::excused;
}

/// What one telling of a ticket says of a cycle.
struct Claim {
  bool is_there = false;  ///< it says that there is such a cycle
  Verdict verdict = Verdict::voided;
  std::optional<model::Money> owed;
  std::string customer;  ///< to whom
};

/// A ticket as it would have been told, and the cycles that gives.
struct Telling {
  Ticket ticket;
  const engine::Branch* branch = nullptr;
  std::vector<Commitment> cycles;
};

class Weighing {
 public:
  Weighing(const State& state, const model::Weigh& weigh)
      : state_(state), weigh_(weigh), ticket_(state.engine.ticket(weigh.slot)) {}

  std::vector<model::LateEvidence> evidence() const {
    std::vector<model::LateEvidence> found;
    const auto* branch = state_.engine.find_branch(state_.engine.name(ticket_.branch));
    const Telling with = told(ticket_, *branch);
    engine::Branch before = *branch;
    const Telling without = told_without(before);
    for (const auto& commitment : ticket_.commitments) {
      if (!commitment.is_confirmed) continue;
      const Claim now = claim(with, commitment);
      if (is_same(commitment, now, claim(without, commitment))) continue;
      found.push_back(make(commitment, now));
    }
    return found;
  }

 private:
  Telling told(const Ticket& ticket, const engine::Branch& branch) const {
    Telling telling{ticket, &branch, {}};
    telling.ticket.commitments.clear();
    const model::Instant now = std::max(state_.engine.now(), weigh_.at);
    telling.cycles = state_.engine.refold(telling.ticket, branch, {now, now});
    return telling;
  }

  /// `before` is the branch, and loses the event.
  Telling told_without(engine::Branch& before) const {
    Ticket less = ticket_;
    const size_t erased = std::erase_if(less.events, [this](const auto& event) {
      return event.sequence == weigh_.sequence && event.epoch == weigh_.epoch &&
             state_.engine.name(event.source) == weigh_.source;
    });
    if (erased > 0) return told(less, before);
    // An event of the branch.
    std::erase_if(before.changes, [this](const auto& change) {
      return change.sequence == weigh_.sequence && change.epoch == weigh_.epoch &&
             change.source == weigh_.source;
    });
    const bool is_closed = weigh_.type == "branch_closed";
    const bool is_either = is_closed || weigh_.type == "branch_opened";
    const auto closing = std::find_if(
        before.closings.begin(), before.closings.end(),
        [&](const auto& c) { return is_either && c.at == weigh_.at && c.is_closed == is_closed; });
    if (closing != before.closings.end()) before.closings.erase(closing);
    return told(less, before);
  }

  Claim claim(const Telling& telling, const Commitment& commitment) const {
    for (const auto& cycle : telling.cycles) {
      if (cycle.line != commitment.line || cycle.number != commitment.number) continue;
      std::vector<model::Attribute> captured;
      state_.engine.attributes_at(telling.ticket, cycle.cycle.started_at, captured);
      const auto* customer = model::find_attribute(captured, "customer");
      return {true, cycle.cycle.verdict, owed(telling, cycle),
              customer == nullptr ? std::string() : std::string(customer->value)};
    }
    return {};
  }

  std::optional<model::Money> owed(const Telling& telling, const Commitment& commitment) const {
    const model::Promise* promise = state_.engine.promise(commitment);
    const auto& cycle = commitment.cycle;
    if (cycle.verdict != Verdict::breached || promise == nullptr || !promise->compensation)
      return std::nullopt;
    const bool is_forfeited =
        cycle.end == model::End::forfeit || cycle.end == model::End::expired_forfeit;
    if (!promise->compensation->is_settled_at_breach && (is_forfeited || !cycle.stopped_at))
      return std::nullopt;
    const Tariffed priced = tariff(*promise, TicketReading(state_.engine, telling.ticket,
                                                           commitment, *promise, telling.branch));
    return priced.unpaid.empty() ? priced.computed : std::nullopt;
  }

  /// The end of a breach that is final, and with it the money, may still be to come.
  static bool is_same(const Commitment& commitment, const Claim& left, const Claim& right) {
    if (commitment.is_end_final) {
      const bool is_owed_to_same = !left.owed || left.customer == right.customer;
      if (left.is_there != right.is_there) return false;
      return left.verdict == right.verdict && left.owed == right.owed && is_owed_to_same;
    }
    if (is_broken(left.verdict) != is_broken(right.verdict)) return false;
    return !commitment.is_charged || left.owed == right.owed;
  }

  model::LateEvidence make(const Commitment& commitment, const Claim& now) const {
    model::LateEvidence fact;
    fact.key = state_.engine.key_of(ticket_, commitment);
    fact.source = weigh_.source;
    fact.epoch = weigh_.epoch;
    fact.sequence = weigh_.sequence;
    // A clock that runs on has no verdict yet.
    fact.verdict = now.verdict == Verdict::open ? Verdict::indeterminate : now.verdict;
    fact.owed = now.owed;
    const Compensation* c = state_.ledger.find(fact.key);
    if (c == nullptr) return fact;
    fact.compensation = c->number;
    const bool is_free = c->batch.empty() && (c->voucher.empty() || c->is_voucher_void);
    const bool is_unpaid = c->state == PaidState::owed || c->state == PaidState::approved ||
                           c->state == PaidState::claimable;
    fact.is_holding = is_unpaid && is_free;
    const bool is_gone = c->state == PaidState::dispatched || c->state == PaidState::paid ||
                         (is_unpaid && !is_free) || is_outcome_unknown(c->state, c->reason);
    const int64_t due = now.owed ? now.owed->minor : 0;
    fact.is_paid_in_error = is_gone && c->amount && due < c->amount->minor;
    return fact;
  }

  const State& state_;
  const model::Weigh& weigh_;
  const Ticket& ticket_;
};

}  // namespace

bool may_be_late(const Ticket& ticket, model::Instant at) {
  return std::any_of(ticket.commitments.begin(), ticket.commitments.end(), [at](const auto& c) {
    if (!c.is_confirmed) return false;
    return !c.is_end_final || !c.cycle.stopped_at || at <= *c.cycle.stopped_at;
  });
}

std::vector<model::LateEvidence> late_evidence(const State& state, const model::Weigh& weigh) {
  return Weighing(state, weigh).evidence();
}

}  // namespace lupaus::rules::ledger
