// Calendars for tests, written short.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/calendar/calendar.h"

namespace lupaus::rules::calendar {

/// The same hours on every day of the week.
inline model::CalendarSpec every_day(std::string timezone, std::vector<model::DayInterval> hours) {
  model::CalendarSpec spec;
  spec.name = "hours";
  spec.timezone = std::move(timezone);
  for (model::DayHours& day : spec.week) day.intervals = hours;
  return spec;
}

inline model::DayInterval hours(int begin, int end) {
  return {static_cast<int16_t>(begin * 60), static_cast<int16_t>(end * 60)};
}

inline Calendar make_calendar(const model::CalendarSpec& spec) {
  const model::ZoneTable* zone = find_built_in_zone(spec.timezone);
  model::ensure(zone != nullptr, spec.timezone);
  return {spec, *zone};
}

inline model::Instant at(std::string_view text) { return model::parse_instant(text).value(); }

}  // namespace lupaus::rules::calendar
