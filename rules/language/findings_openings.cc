#include "rules/language/findings_openings.h"

#include <algorithm>

namespace lupaus::rules::language {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// WHY: clock changes fall on weekdays, so one year shows them all; in twelve, those that fall on
// dates have met every weekday too.
constexpr sys_days kFirst{std::chrono::year{2020} / 1 / 1};
constexpr sys_days kLast{std::chrono::year{2031} / 12 / 31};
/// How far an opening, or a local day, may reach beyond the dates that a stretch touches.
constexpr days kMargin{3};

sys_days to_days(model::LocalDate date) {
  return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}
model::LocalDate to_date(sys_days day) {
  const std::chrono::year_month_day date(day);
  return {static_cast<int16_t>(static_cast<int>(date.year())),
          static_cast<uint8_t>(static_cast<unsigned>(date.month())),
          static_cast<uint8_t>(static_cast<unsigned>(date.day()))};
}

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

std::vector<sys_days> Openings::uncommon_days(sys_days first, sys_days last) const {
  std::vector<sys_days> found;
  for (const model::DateException& exception : spec_.exceptions) {
    found.push_back(to_days(exception.date));
  }
  for (const auto& transition : zone_.transitions) {
    const std::chrono::sys_seconds at{std::chrono::seconds(transition.at_unix_s)};
    const sys_days day = std::chrono::floor<days>(at);
    if (day >= first && day <= last) found.push_back(day);
  }
  std::sort(found.begin(), found.end());
  return found;
}

model::Duration Openings::most_from(sys_days day, model::Duration stretch) const {
  model::Duration most{};
  const model::LocalDate date = to_date(day);
  for (const model::DayInterval& interval : intervals_on(date)) {
    const model::Instant begin =
        calendar::to_instant(zone_, date, interval.begin_minute, calendar::Fold::first);
    most = std::max(most, calendar_.open_between(begin, begin + stretch));
  }
  return most;
}

bool Openings::can_open(model::Duration length, model::Duration stretch) {
  if (const auto known = most_open_.find(stretch); known != most_open_.end()) {
    return known->second >= length;
  }
  const days reach = std::chrono::ceil<days>(stretch) + kMargin;
  sys_days first = kFirst, last = kLast;
  if (!spec_.exceptions.empty()) {
    first = std::min(first, to_days(spec_.exceptions.front().date) - reach);
    last = std::max(last, to_days(spec_.exceptions.back().date));
  }
  const std::vector<sys_days> uncommon = uncommon_days(first - kMargin, last + reach);
  auto next = uncommon.begin();
  model::Duration most{};
  int common_count = 0;
  // The open time of [s, s + stretch) is greatest where s is the beginning of an opening: moving s
  // back inside one, or forward while closed, loses nothing. Weeks that neither an exception nor a
  // clock change touches are all alike, so seven such days in a row stand for them.
  for (sys_days day = first; day <= last; day += days(1)) {
    while (next != uncommon.end() && *next < day - kMargin) ++next;
    const bool is_common = next == uncommon.end() || *next > day + reach;
    if (is_common && common_count >= 7) {
      if (next == uncommon.end()) break;
      day = *next - reach - days(1);
      continue;
    }
    common_count = common_count >= 7 ? 7 : is_common ? common_count + 1 : 0;
    most = std::max(most, most_from(day, stretch));
    if (most >= length) return true;
  }
  most_open_.emplace(stretch, most);
  return false;
}

model::Duration Openings::most_open(model::Duration stretch) const {
  const auto known = most_open_.find(stretch);
  return known == most_open_.end() ? model::Duration{} : known->second;
}

}  // namespace lupaus::rules::language
