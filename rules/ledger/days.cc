#include "rules/ledger/days.h"

#include "rules/calendar/target_days.h"
#include "rules/calendar/zone.h"

namespace lupaus::rules::ledger {
namespace {

using model::Instant;
using Unit = model::Limit::Unit;

/// Of the book that the promise stands in.
const calendar::Calendar* find_calendar(const engine::State& state, const model::Promise& promise,
                                        std::string_view name) {
  for (const auto& line : state.lines()) {
    if (line.name != promise.name) continue;
    for (const auto& revision : line.revisions) {
      if (revision.promise == &promise) return revision.book->calendar(name);
    }
  }
  return nullptr;
}

}  // namespace

const model::Promise* promise_of(const engine::State& state, const model::CommitmentKey& key) {
  for (const auto& line : state.lines()) {
    if (line.name != key.promise) continue;
    const auto* revision = line.find(key.revision);
    return revision == nullptr ? nullptr : revision->promise;
  }
  return nullptr;
}

const model::ZoneTable* zone_of_days(const engine::State& state, std::string_view branch) {
  const calendar::Calendar* hours = state.hours(branch);
  return hours != nullptr ? &hours->zone() : state.zone(branch);
}

std::optional<Instant> end_of_length(const engine::State& state, std::string_view branch,
                                     const model::Limit& length, Instant from) {
  if (length.unit == Unit::duration) return from + length.duration;
  const auto* zone = zone_of_days(state, branch);
  const calendar::Calendar* hours = state.hours(branch);
  if (zone == nullptr || (hours == nullptr && length.unit == Unit::business_days))
    return std::nullopt;
  return calendar::end_of_nth_day(*zone, hours, from, length.days, length.unit);
}

std::optional<model::LocalDate> payout_due_on(const engine::State& state,
                                              const model::Promise& promise,
                                              std::string_view branch, Instant from) {
  const auto& terms = *promise.compensation;
  const auto* zone = zone_of_days(state, branch);
  if (!terms.due || zone == nullptr) return std::nullopt;
  if (terms.due_days == "target")
    return calendar::add_target_days(calendar::local_date(*zone, from), terms.due->days);
  const calendar::Calendar* named =
      terms.due_days.empty() ? nullptr : find_calendar(state, promise, terms.due_days);
  if (named != nullptr) zone = &named->zone();
  if (terms.due->unit == Unit::duration)
    return calendar::local_date(*zone, from + terms.due->duration);
  const auto end = named != nullptr ? calendar::end_of_nth_day(*zone, named, from, terms.due->days,
                                                               terms.due->unit)
                                    : end_of_length(state, branch, *terms.due, from);
  if (!end) return std::nullopt;
  return calendar::local_date(*zone, *end - model::Duration(1));
}

}  // namespace lupaus::rules::ledger
