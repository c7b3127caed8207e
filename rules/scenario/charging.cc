// Which breach comes when, and what each is told by the ledger.
#include "rules/scenario/charging.h"

#include <algorithm>

#include "rules/ledger/claims.h"

namespace lupaus::rules::scenario {
namespace {

engine::Commitment commitment_of(const Judged& judged) {
  engine::Commitment commitment;
  commitment.line = judged.line;
  commitment.revision = judged.revision;
  commitment.number = judged.number;
  commitment.cycle = judged.cycle;
  return commitment;
}

bool is_share(const std::optional<model::Amount>& amount) {
  return amount && model::flat_sum(*amount) == nullptr;
}

/// Whether a price hangs on more of a ticket than its counted time.
bool reads_ticket(const model::Promise& promise) {
  const auto& terms = *promise.compensation;
  if (promise.by || is_share(terms.at_most) || is_share(terms.at_least)) return true;
  return std::any_of(terms.tiers.begin(), terms.tiers.end(),
                     [](const model::Tier& tier) {
                       return tier.every || tier.over.unit != model::Limit::Unit::duration ||
                              is_share(tier.pay) || is_share(tier.at_most) ||
                              is_share(tier.at_least);
                     }) ||
         std::any_of(terms.caps.begin(), terms.caps.end(),
                     [](const model::Cap& cap) { return is_share(cap.max); });
}

/// The bills of one ticket, whose cycles are judged[first, last).
void add_bills(const Replay& replay, std::span<const Judged> judged, size_t first, size_t last,
               std::vector<Settled>& bills) {
  std::vector<engine::Commitment> commitments;
  commitments.reserve(last - first);
  for (size_t i = first; i < last; ++i) commitments.push_back(commitment_of(judged[i]));
  const engine::Ticket& ticket = replay.ticket(judged[first].ticket);
  for (size_t i = 0; i < commitments.size(); ++i) {
    if (commitments[i].cycle.verdict != model::Verdict::breached) continue;
    auto bill =
        ledger::bill_of(replay.state(), ticket, commitments, i, ledger::Knowledge::complete);
    if (!bill) continue;
    bill->unclaimed = ledger::unclaimed_at(replay.state(), ticket, *bill, replay.as_of());
    bills.push_back({first + i, std::move(*bill)});
  }
}

/// What nobody has asked for in time is not owed; it has used up its caps, as it does live.
Charged charged_by(const ledger::Bill& bill, const model::Owed& owed) {
  if (owed.state != model::PaidState::owed || bill.unclaimed == ledger::Bill::Claim::none)
    return {owed.amount, owed.state};
  if (bill.unclaimed == ledger::Bill::Claim::lapsed)
    return {std::nullopt, model::PaidState::declined};
  return {owed.amount, model::PaidState::claimable};
}

}  // namespace

std::vector<Settled> bills_of(const Replay& replay, std::span<const Judged> judged) {
  std::vector<Settled> bills;
  // WHY: a bill is large, and moving all of them as the room grows costs more than counting.
  bills.reserve(
      static_cast<size_t>(std::count_if(judged.begin(), judged.end(), [](const Judged& cycle) {
        return cycle.cycle.verdict == model::Verdict::breached;
      })));
  for (size_t first = 0; first < judged.size();) {
    size_t last = first;
    bool has_breach = false;
    for (; last < judged.size() && judged[last].ticket == judged[first].ticket; ++last)
      has_breach = has_breach || judged[last].cycle.verdict == model::Verdict::breached;
    if (has_breach) add_bills(replay, judged, first, last, bills);
    first = last;
  }
  // The cycles, and so the bills, are in the order of (branch, ticket, promise, cycle): that
  // settles equal instants (R46).
  std::vector<std::pair<model::Instant, size_t>> order;
  order.reserve(bills.size());
  for (size_t i = 0; i < bills.size(); ++i) order.emplace_back(bills[i].bill.settled_at, i);
  std::sort(order.begin(), order.end());
  std::vector<Settled> ordered;
  ordered.reserve(bills.size());
  for (const auto& [at, i] : order) ordered.push_back(std::move(bills[i]));
  return ordered;
}

void reprice(const Replay& replay, std::span<const Judged> judged, uint32_t line,
             const model::Promise& promise, std::vector<Settled>& bills) {
  if (!promise.compensation) return;
  const bool is_gathered = reads_ticket(promise);
  const engine::Ticket none;
  engine::Commitment commitment;
  for (Settled& settled : bills) {
    const Judged& broken = judged[settled.index];
    if (broken.line != line) continue;
    commitment = commitment_of(broken);
    const engine::Ticket& ticket = is_gathered ? replay.ticket(broken.ticket) : none;
    const ledger::TicketReading reading(replay.state(), ticket, commitment, promise);
    settled.bill.promise = &promise;
    settled.bill.tariffed = ledger::tariff(promise, reading, ledger::Words::left_out);
  }
}

std::vector<Charged> charge_bills(const std::vector<Settled>& bills, size_t count) {
  std::vector<Charged> charged(count);
  ledger::CapCounters counters;
  for (const Settled& settled : bills) {
    const model::Owed owed = ledger::charge(counters, settled.bill);
    if (owed.state == model::PaidState::none) continue;
    charged[settled.index] = charged_by(settled.bill, owed);
    counters.use(owed);
  }
  return charged;
}

}  // namespace lupaus::rules::scenario
