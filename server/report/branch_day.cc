#include "server/report/branch_day.h"

#include "rules/calendar/zone.h"

namespace lupaus::server::report {
namespace {

using rules::engine::Commitment;
using rules::model::Instant;
using rules::model::Verdict;

/// When the verdict was reached that counts now; kEndOfTime: none was.
Instant decided_at(const rules::ledger::State& state, rules::model::TicketSlot slot,
                   const Commitment& commitment) {
  const bool is_persons =
      commitment.decided != Verdict::open && commitment.decided != commitment.cycle.verdict;
  const auto* decision = is_persons ? state.engine.find_decision(slot, commitment) : nullptr;
  if (decision != nullptr) return decision->at;
  if (commitment.is_breach_recorded) return commitment.detected_at;
  return commitment.is_confirmed ? commitment.finalised_at : rules::model::kEndOfTime;
}

}  // namespace

LocalDay local_day(const rules::engine::State& state, std::string_view branch, Instant now) {
  const rules::model::ZoneTable* zone = state.zone(branch);
  if (zone == nullptr) {
    const auto midnight = std::chrono::floor<std::chrono::days>(now);
    return {midnight, midnight + std::chrono::days(1)};
  }
  using rules::calendar::Fold;
  const rules::model::LocalDate date = rules::calendar::local_date(*zone, now);
  const rules::model::LocalDate next = rules::calendar::add_days(date, 1);
  return {rules::calendar::to_instant(*zone, date, 0, Fold::first),
          rules::calendar::to_instant(*zone, next, 0, Fold::first)};
}

void DayCount::add(const DayCount& other) {
  kept += other.kept;
  breached += other.breached;
  for (const auto& [currency, minor] : other.owed_minor) owed_minor[currency] += minor;
}

void DayCount::subtract(const DayCount& other) {
  kept -= other.kept;
  breached -= other.breached;
  for (const auto& [currency, minor] : other.owed_minor) {
    const auto sum = owed_minor.find(currency);
    sum->second -= minor;
    if (sum->second == 0) owed_minor.erase(sum);
  }
}

DayCount day_count(const rules::ledger::State& state, rules::model::TicketSlot slot,
                   std::span<const Commitment> commitments, const LocalDay& day) {
  DayCount count;
  if (state.engine.ticket(slot).is_backfill) return count;
  for (const Commitment& commitment : commitments) {
    const Instant at = decided_at(state, slot, commitment);
    if (at < day.begin || at >= day.end) continue;
    const Verdict verdict =
        commitment.is_confirmed ? rules::engine::settled_verdict(commitment) : Verdict::breached;
    count.kept += verdict == Verdict::kept ? 1 : 0;
    if (verdict != Verdict::breached) continue;
    ++count.breached;
    const auto* owed = state.ledger.find(commitment.compensation);
    if (owed != nullptr && owed->amount && owed->amount->minor != 0)
      count.owed_minor[owed->amount->currency] += owed->amount->minor;
  }
  return count;
}

}  // namespace lupaus::server::report
