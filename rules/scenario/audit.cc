// At each debt the ticket is judged from its beginning, nothing being final, and its bill is made
// and charged anew.
#include "rules/scenario/audit.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "rules/ledger/payouts.h"

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
    if (const auto* declined = std::get_if<model::Declined>(&fact.body)) take(*declined);
  }
}

const AuditedSum* Audit::find(uint64_t number) const {
  return number == 0 || number > entries_.size() ? nullptr : &entries_[number - 1].sum;
}

void Audit::take(const model::Owed& owed) {
  if (owed.number > entries_.size()) entries_.resize(owed.number);
  Entry entry;
  entry.sum.customer = owed.customer;
  if (owed.reverses != 0) {
    // WHY: whoever is owed again owes the caps no second time, but gives them back once.
    if (find(owed.reverses) != nullptr) entry = entries_[owed.reverses - 1];
  } else if (owed.late_of != 0) {
    const model::Promise* promise = ledger::promise_of(engine_, owed.key);
    if (promise != nullptr && promise->compensation) entry.sum.amount = promise->compensation->late;
    if (const AuditedSum* first = find(owed.late_of)) entry.sum.customer = first->customer;
  } else if (auto priced = price(owed.key)) {
    entry = charge(owed.number, std::move(*priced));
  } else {
    entry.sum.reason = "the events give no breach that pays";
  }
  if (owed.number != 0) entries_[owed.number - 1] = std::move(entry);
}

void Audit::take(const model::Released& released) {
  if (find(released.number) == nullptr) return;
  Entry& known = entries_[released.number - 1];
  std::optional<Priced> priced;
  if (const auto found = not_charged_.find(released.number); found != not_charged_.end()) {
    priced = std::move(found->second);
    not_charged_.erase(found);
  } else if (!released.draws.empty() && known.draws.empty()) {
    // Held by events that came too late, before its caps were asked.
    priced = price_as_decided(released.key);
  }
  if (!priced) return;
  priced->bill.is_released = true;
  priced->is_decided = true;
  known = charge(released.number, std::move(*priced));
}

void Audit::take(const model::Declined& declined) {
  if (find(declined.number) == nullptr) return;
  model::Owed given_back;
  for (const auto& draw : declined.draws) {
    const size_t cap = absl::HashOf(draw.cap);
    for (const Draw& known : entries_[declined.number - 1].draws) {
      // The unsigned count wraps around to what it was.
      if (known.cap == cap)
        given_back.draws.push_back({draw.cap, -known.minor, 0U - known.times, ""});
    }
  }
  caps_.use(given_back);
}

Audit::Entry Audit::charge(uint64_t number, Priced priced) {
  Entry entry;
  const model::Owed owed = ledger::charge(caps_, priced.bill);
  caps_.use(owed);
  for (const auto& draw : owed.draws) {
    const size_t cap = absl::HashOf(draw.cap);
    const bool is_known = std::any_of(entry.draws.begin(), entry.draws.end(),
                                      [cap](const Draw& known) { return known.cap == cap; });
    const bool is_nothing = draw.minor == 0 && draw.times == 0;
    if (!is_known && !is_nothing) entry.draws.push_back({cap, draw.minor, draw.times});
  }
  entry.sum.amount = owed.amount;
  entry.sum.customer = priced.bill.customer;
  entry.sum.is_decided = priced.is_decided;
  if (!owed.amount) entry.sum.reason = "caps and tariff leave nothing";
  const bool may_come = owed.state == model::PaidState::held && entry.draws.empty();
  if (may_come && number != 0) not_charged_.emplace(number, std::move(priced));
  return entry;
}

std::optional<Audit::Priced> Audit::price_as_decided(const CommitmentKey& key) const {
  const auto slot = engine_.find_ticket(key.branch, key.ticket);
  if (!slot) return std::nullopt;
  const engine::Ticket& ticket = engine_.ticket(*slot);
  const size_t index = find_cycle(engine_, ticket.commitments, key);
  if (index == ticket.commitments.size()) return std::nullopt;
  auto bill =
      ledger::bill_of(engine_, ticket, ticket.commitments, index, ledger::Knowledge::complete);
  if (!bill) return std::nullopt;
  return Priced{std::move(*bill), true};
}

std::optional<Audit::Priced> Audit::price(const CommitmentKey& key) const {
  const auto slot = engine_.find_ticket(key.branch, key.ticket);
  if (!slot) return std::nullopt;
  const engine::Ticket& ticket = engine_.ticket(*slot);
  const size_t recorded = find_cycle(engine_, ticket.commitments, key);
  if (recorded < ticket.commitments.size() && is_decided_otherwise(ticket.commitments[recorded]))
    return price_as_decided(key);
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

}  // namespace lupaus::rules::scenario
