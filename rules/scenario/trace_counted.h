// The time that a clock counted, stretch by stretch, and what kept the rest out: pauses, unplanned
// closings, exceptional days of the calendar.
#pragma once

#include <string>
#include <vector>

#include "rules/engine/cycle_reading.h"
#include "rules/scenario/trace_story.h"

namespace lupaus::rules::scenario {

/// One line each, at most about ten of a kind. None for elapsed time that nothing interrupts.
std::vector<std::string> counted_lines(const Story& story, const engine::Commitment& commitment,
                                       const engine::CycleReading& reading, model::Instant first);

/// "12:00-16:00, class near_holiday, Ash Wednesday"; "closed, Epiphany".
std::string exception_text(const model::DateException& exception);

}  // namespace lupaus::rules::scenario
