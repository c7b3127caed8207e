// Counted time: what of a span is open, not paused and not closed unplanned; and its inverse.
#pragma once

#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rules/calendar/calendar.h"

namespace lupaus::rules::engine {

using Intervals = absl::InlinedVector<calendar::Interval, 4>;

/// The measure of one cycle: elapsed time (`calendar` null) or a calendar's, less `blocked`.
/// `blocked` is ascending and disjoint; an interval that ends at kEndOfTime lasts on.
struct Measure {
  const calendar::Calendar* calendar = nullptr;
  Intervals blocked;

  model::Duration counted(model::Instant begin, model::Instant end) const;
  /// What counted(begin, end) adds up: ascending, disjoint, joined where they touch.
  std::vector<calendar::Interval> stretches(model::Instant begin, model::Instant end) const;
  /// The earliest instant with counted(start, t) == length; nullopt if it is never reached.
  std::optional<model::Instant> due(model::Instant start, model::Duration length) const;
};

/// Adds [begin, end) to ascending disjoint intervals, joining what touches.
void block(Intervals& blocked, model::Instant begin, model::Instant end);

/// Cuts everything at and after `end`.
void truncate(Intervals& blocked, model::Instant end);

}  // namespace lupaus::rules::engine
