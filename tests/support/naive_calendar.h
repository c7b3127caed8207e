// Local time, opening hours and counted time for the naive model: every date's intervals listed one
// by one, every question asked of the list. Shares nothing with rules/calendar.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/model/book.h"

namespace lupaus::tests::naive {

using rules::model::Duration;
using rules::model::Instant;
using rules::model::LocalDate;

using Span = std::pair<Instant, Instant>;  ///< half-open
using Spans = std::vector<Span>;           ///< ascending, disjoint

/// Whole days since 1970-01-01 of a local date, and back.
int day_number(LocalDate date);
LocalDate date_of(int day_number);

/// How far the zone's clocks are ahead of UTC.
Duration offset_at(const rules::model::ZoneTable& zone, Instant at);
LocalDate local_date(const rules::model::ZoneTable& zone, Instant at);
/// The first and the last instant at which clocks show `minute` minutes after midnight of the day;
/// the transition, twice, when they never do (R30).
Span instants_of(const rules::model::ZoneTable& zone, int day_number, int minute);
/// The instant at which the local date is over: the next one has begun for good.
Instant end_of_day(const rules::model::ZoneTable& zone, LocalDate date);

/// A calendar's open time around the days of a scene.
struct Hours {
  const rules::model::CalendarSpec* spec = nullptr;
  const rules::model::ZoneTable* zone = nullptr;
  Spans open;

  Hours(const rules::model::CalendarSpec& spec, const rules::model::ZoneTable& zone, Instant first,
        int days);
  /// An interval opens on that date.
  bool is_business_day(LocalDate date) const;
  std::string class_of(LocalDate date) const;
};

/// What a clock counts: all time (`hours` null) or opening hours, never what is blocked.
struct Counting {
  const Hours* hours = nullptr;
  Spans blocked;  ///< in any order, may overlap

  Duration counted(Instant from, Instant to) const;
  /// The earliest instant with counted(from, it) == length; nullopt: never.
  std::optional<Instant> reached(Instant from, Duration length) const;

 private:
  Spans open_after(Instant from, Instant to) const;
};

}  // namespace lupaus::tests::naive
