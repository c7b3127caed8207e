// How much a calendar can open within a stretch of time, whenever that begins: the proof behind
// "this limit can never be exceeded".
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "rules/calendar/calendar.h"
#include "rules/model/book.h"

namespace lupaus::rules::language {

/// One calendar under examination. Owned by one compilation; single-threaded.
class Openings {
 public:
  Openings(const model::CalendarSpec& spec, const model::ZoneTable& zone);

  const std::string& name() const { return spec_.name; }

  /// Whether some stretch of that length holds at least `length` of open time. Exact for stretches
  /// that begin in the years 2020 to 2031, or that reach an exception. A first answer "no" costs a
  /// sweep over them, later ones of the same stretch nothing.
  bool can_open(model::Duration length, model::Duration stretch);
  /// The most open time that any stretch of that length holds; known after can_open said no.
  model::Duration most_open(model::Duration stretch) const;

 private:
  const std::vector<model::DayInterval>& intervals_on(model::LocalDate date) const;
  /// Dates of exceptions and clock changes, ascending.
  std::vector<std::chrono::sys_days> uncommon_days(std::chrono::sys_days first,
                                                   std::chrono::sys_days last) const;
  /// The most open time of a stretch that begins with an opening of that day.
  model::Duration most_from(std::chrono::sys_days day, model::Duration stretch) const;

  const model::CalendarSpec& spec_;
  const model::ZoneTable& zone_;
  calendar::Calendar calendar_;
  std::map<model::Duration, model::Duration> most_open_;  ///< by stretch
};

}  // namespace lupaus::rules::language
