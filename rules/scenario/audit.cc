// At each debt the ticket is judged from its beginning, nothing being final, and its bill is made
// and charged anew.
#include "rules/scenario/audit.h"

#include <algorithm>

namespace lupaus::rules::scenario {
namespace {

using engine::Commitment;
using model::CommitmentKey;
using model::Verdict;

/// The cycle of `key` among those of a ticket; their count when it is not there.
size_t find_cycle(const engine::State& state, std::span<const Commitment> commitments,
                  const CommitmentKey& key) {
  const auto found = std::find_if(commitments.begin(), commitments.end(), [&](const auto& c) {
    return c.number == key.cycle && state.promise_name(c.line) == key.promise;
  });
  return static_cast<size_t>(found - commitments.begin());
}

/// Events alone do not say why the recorded verdict is what it is.
bool is_decided_otherwise(const Commitment& commitment) {
  return commitment.decided != Verdict::open || commitment.late_verdict != Verdict::open ||
         commitment.cycle.doubt != model::Doubt::none;
}

bool is_drawn(const model::Owed& owed) {
  return std::any_of(owed.draws.begin(), owed.draws.end(),
                     [](const auto& draw) { return draw.minor != 0 || draw.times != 0; });
}

}  // namespace

Audit::Audit() {
  // WHY: facts are folded; nothing has to be derived from them until a debt asks for it.
  engine_.begin_restore();
}

void Audit::take(std::span<const model::Fact> facts) {
  for (const model::Fact& fact : facts) {
    engine_.evolve(fact);
    last_position_ = fact.position;
    if (const auto* owed = std::get_if<model::Owed>(&fact.body)) take(*owed);
    if (const auto* released = std::get_if<model::Released>(&fact.body)) take(*released);
  }
}

const AuditedSum* Audit::find(uint64_t number) const {
  return number == 0 || number > sums_.size() ? nullptr : &sums_[number - 1];
}

void Audit::take(const model::Owed& owed) {
  if (owed.number > sums_.size()) sums_.resize(owed.number);
  AuditedSum sum;
  sum.customer = owed.customer;
  if (owed.reverses != 0) {
    if (const AuditedSum* first = find(owed.reverses)) sum = *first;
  } else if (owed.late_of != 0) {
    const model::Promise* promise = find_promise(owed.key);
    if (promise != nullptr && promise->compensation) sum.amount = promise->compensation->late;
    if (const AuditedSum* first = find(owed.late_of)) sum.customer = first->customer;
  } else if (auto priced = price(owed.key)) {
    sum = charge(owed.number, std::move(*priced));
  } else {
    sum.reason = "the events give no breach that pays";
  }
  if (owed.number != 0) sums_[owed.number - 1] = std::move(sum);
}

void Audit::take(const model::Released& released) {
  const auto found = not_charged_.find(released.number);
  if (found == not_charged_.end()) return;
  Priced priced = std::move(found->second);
  not_charged_.erase(found);
  priced.bill.is_released = true;
  priced.is_decided = true;
  AuditedSum sum = charge(released.number, std::move(priced));
  sums_.at(released.number - 1) = std::move(sum);
}

AuditedSum Audit::charge(uint64_t number, Priced priced) {
  AuditedSum sum;
  const model::Owed owed = ledger::charge(caps_, priced.bill);
  caps_.use(owed);
  sum.amount = owed.amount;
  sum.customer = priced.bill.customer;
  sum.is_decided = priced.is_decided;
  if (!owed.amount) sum.reason = "caps and tariff leave nothing";
  const bool may_come = owed.state == model::PaidState::held && !is_drawn(owed);
  if (may_come && number != 0) not_charged_.emplace(number, std::move(priced));
  return sum;
}

std::optional<Audit::Priced> Audit::price(const CommitmentKey& key) const {
  const auto slot = engine_.find_ticket(key.branch, key.ticket);
  if (!slot) return std::nullopt;
  const engine::Ticket& ticket = engine_.ticket(*slot);
  const size_t recorded = find_cycle(engine_, ticket.commitments, key);
  const bool is_recorded = recorded < ticket.commitments.size();
  if (is_recorded && is_decided_otherwise(ticket.commitments[recorded])) {
    auto bill =
        ledger::bill_of(engine_, ticket, ticket.commitments, recorded, ledger::Knowledge::complete);
    if (!bill) return std::nullopt;
    return Priced{std::move(*bill), true};
  }
  const engine::Branch* branch = engine_.find_branch(key.branch);
  if (branch == nullptr) return std::nullopt;
  const std::vector<Commitment> judged =
      engine_.refold(ticket, *branch, {engine_.now(), engine_.now()});
  const size_t index = find_cycle(engine_, judged, key);
  if (index == judged.size()) return std::nullopt;
  auto bill = ledger::bill_of(engine_, ticket, judged, index, ledger::Knowledge::complete);
  if (!bill) return std::nullopt;
  return Priced{std::move(*bill), false};
}

const model::Promise* Audit::find_promise(const CommitmentKey& key) const {
  for (const auto& line : engine_.lines()) {
    if (line.name != key.promise) continue;
    const auto* revision = line.find(key.revision);
    return revision == nullptr ? nullptr : revision->promise;
  }
  return nullptr;
}

}  // namespace lupaus::rules::scenario
