// How much a calendar can open within a stretch of time, whenever that begins: the proof behind
// "this limit can never be exceeded".
#pragma once

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

  /// Whether some stretch of that length (at most four years) holds at least `length` of open time.
  /// Exact for stretches that begin in the years 2020 to 2031, or that reach an exception. The
  /// first answer that is not at once "yes" lists all openings, every other one of a new stretch
  /// passes over them once.
  bool can_open(model::Duration length, model::Duration stretch);
  /// The most open time that any stretch of that length holds; known after can_open said no.
  model::Duration most_open(model::Duration stretch) const;

 private:
  struct Opening {
    model::Instant begin{}, end{};
    model::Duration before{};  ///< open time of the list before it
  };
  /// Whether a stretch of an ordinary fortnight already holds that much.
  bool is_common(model::Duration length, model::Duration stretch) const;
  void list_openings();
  /// The most open time of a stretch.
  model::Duration sweep(model::Duration stretch) const;

  const model::CalendarSpec& spec_;
  calendar::Calendar calendar_;
  std::vector<Opening> openings_;  ///< joined, ascending; empty until asked for
  model::Instant last_begin_{};    ///< stretches begin up to here
  std::map<model::Duration, model::Duration> most_open_;  ///< by stretch
};

}  // namespace lupaus::rules::language
