// Attributes and lengths as they stand at one instant.
#include "rules/engine/capture.h"

#include <algorithm>

namespace lupaus::rules::engine {

using model::Duration;
using model::Instant;

void merge_branch_attributes(const BranchContext& context, const Branch* branch, Instant at,
                             std::vector<model::Attribute>& merged) {
  merged.clear();
  for (const auto& [name, value] : context.spec->attributes) merged.push_back({name, value});
  if (branch == nullptr) return;
  for (const auto& change : branch->changes) {
    if (change.at > at) break;
    const auto known = std::find_if(merged.begin(), merged.end(),
                                    [&](const auto& a) { return a.name == change.name; });
    if (known != merged.end()) {
      known->value = change.value;
    } else {
      merged.push_back({change.name, change.value});
    }
  }
}

const calendar::Calendar* measure_calendar(const Revision& revision, const BranchContext& context,
                                           std::string_view measure) {
  if (measure.empty()) return revision.is_branch_measure ? context.hours : revision.calendar;
  if (measure == "elapsed") return nullptr;
  return measure == "branch" ? context.hours : revision.book->calendar(measure);
}

const calendar::Calendar* day_calendar(const calendar::Calendar* measured_by,
                                       const BranchContext& context) {
  return measured_by != nullptr ? measured_by : context.hours;
}

const model::ZoneTable& day_zone(const calendar::Calendar* measured_by,
                                 const BranchContext& context) {
  const auto* days = day_calendar(measured_by, context);
  return days != nullptr ? days->zone() : *context.zone;
}

Duration to_duration(const model::Limit& limit, const calendar::Calendar* measured_by,
                     const BranchContext& context, Instant start) {
  using Unit = model::Limit::Unit;
  if (limit.unit == Unit::duration) return limit.duration;
  const auto* days = day_calendar(measured_by, context);
  // WHY: a checked book has days that come; past its last year nothing falls due any more.
  constexpr Duration kNever = Duration::max() / 4;
  if (days == nullptr && limit.unit == Unit::business_days) return kNever;
  const auto end =
      calendar::end_of_nth_day(day_zone(measured_by, context), days, start, limit.days, limit.unit);
  return end ? Measure{measured_by, {}}.counted(start, *end) : kNever;
}

std::optional<Instant> deadline_of(const model::Deadline& by,
                                   std::span<const model::Attribute> ticket) {
  const auto* attribute = model::find_attribute(ticket, by.attribute);
  if (attribute == nullptr) return std::nullopt;
  const auto instant = model::parse_instant(attribute->value);
  if (!instant.ok()) return std::nullopt;
  const bool is_beyond = by.offset > Duration::zero()
                             ? *instant > model::kEndOfTime - by.offset
                             : *instant < model::kBeginningOfTime - by.offset;
  if (is_beyond) return std::nullopt;
  return *instant + by.offset;
}

Instant breached_at(const model::Cycle& cycle) { return cycle.due_at.value_or(cycle.started_at); }

Instant settled_at(const model::Promise& promise, const model::Cycle& cycle) {
  const bool is_at_breach = promise.compensation && promise.compensation->is_settled_at_breach;
  if (is_at_breach) return breached_at(cycle);
  return cycle.stopped_at.value_or(model::kEndOfTime);
}

}  // namespace lupaus::rules::engine
