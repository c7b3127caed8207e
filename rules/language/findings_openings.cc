#include "rules/language/findings_openings.h"

#include <algorithm>

namespace lupaus::rules::language {
namespace {

// WHY: offsets are known up to 2100, and a stretch may be four years long. Until the last year that
// exceptions name, each year is its own; after it years differ in their weekdays and transitions
// alone.
constexpr model::LocalDate kFirst{2020, 1, 1};
constexpr model::LocalDate kLast{2095, 12, 31};

}  // namespace

Openings::Openings(const model::CalendarSpec& spec, const model::ZoneTable& zone)
    : spec_(spec), zone_(zone), calendar_(spec, zone) {}

const std::vector<model::DayInterval>& Openings::intervals_on(model::LocalDate date) const {
  const auto found = std::lower_bound(
      spec_.exceptions.begin(), spec_.exceptions.end(), date,
      [](const auto& exception, model::LocalDate d) { return exception.date < d; });
  if (found != spec_.exceptions.end() && found->date == date && found->hours) return *found->hours;
  return spec_.week[static_cast<size_t>(calendar::weekday(date) - 1)].intervals;
}

bool Openings::can_open(model::Duration length, model::Duration stretch) {
  if (const auto known = most_open_.find(stretch); known != most_open_.end()) {
    return known->second >= length;
  }
  model::Duration most{};
  // The open time of [s, s + stretch) is greatest where s is the beginning of an opening: moving s
  // back inside one, or forward while closed, loses nothing.
  for (model::LocalDate date = kFirst; date <= kLast; date = calendar::add_days(date, 1)) {
    for (const model::DayInterval& interval : intervals_on(date)) {
      const model::Instant begin =
          calendar::to_instant(zone_, date, interval.begin_minute, calendar::Fold::first);
      most = std::max(most, calendar_.open_between(begin, begin + stretch));
      if (most >= length) return true;
    }
  }
  most_open_.emplace(stretch, most);
  return false;
}

model::Duration Openings::most_open(model::Duration stretch) const {
  const auto known = most_open_.find(stretch);
  return known == most_open_.end() ? model::Duration{} : known->second;
}

}  // namespace lupaus::rules::language
