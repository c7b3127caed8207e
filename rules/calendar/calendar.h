// Opening hours as arithmetic: how much open time lies between two instants, and when a length of
// open time is over. Holds at every transition of every zone: counted(start, due(start, d)) == d.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/calendar/zone.h"
#include "rules/model/book.h"
#include "rules/model/instant.h"

namespace lupaus::rules::calendar {

/// Half-open: [begin, end).
struct Interval {
  model::Instant begin{};
  model::Instant end{};
  bool operator==(const Interval&) const = default;
};

/// Opening hours in UTC, joined and ascending, built a year at a time when first asked for.
/// Thread-compatible: one Calendar belongs to one thread (const calls extend a memo). Years 1970 to
/// 2100; beyond them it is closed. Copies nothing from `spec` by reference after construction.
class Calendar {
 public:
  Calendar(const model::CalendarSpec& spec, const model::ZoneTable& zone);
  ~Calendar();
  Calendar(Calendar&&) noexcept;
  Calendar& operator=(Calendar&&) noexcept;

  /// Open time in [begin, end); zero when end <= begin.
  model::Duration open_between(model::Instant begin, model::Instant end) const;

  /// The earliest instant t >= start with open_between(start, t) == length; nullopt if there is
  /// none within four years after `start` (R27). length 0 gives `start`.
  std::optional<model::Instant> add_open(model::Instant start, model::Duration length) const;

  /// The first open instant at or after `instant`; nullopt as above.
  std::optional<model::Instant> next_open(model::Instant instant) const;

  /// The first open interval that ends after `instant`, whole within its UTC year; nullopt as
  /// above.
  std::optional<Interval> next_interval(model::Instant instant) const;

  bool is_open(model::Instant instant) const;
  /// A date on which an interval opens (R33).
  bool is_business_day(model::LocalDate date) const;
  /// Class of the date: an exception's wins over the weekday's (R96); "" is none.
  std::string_view day_class(model::LocalDate date) const;
  const model::ZoneTable& zone() const;
  std::string_view name() const;

 private:
  class Years;
  std::unique_ptr<Years> years_;
};

/// 24:00 local of the n-th business day (or calendar day) after the local date of `start` (R33);
/// nullopt when the calendar never opens within four years. `calendar` may be null for calendar
/// days.
std::optional<model::Instant> end_of_nth_day(const model::ZoneTable& zone, const Calendar* calendar,
                                             model::Instant start, int days,
                                             model::Limit::Unit unit);

}  // namespace lupaus::rules::calendar
