// Opening hours a UTC year at a time: joined intervals with the open time before each, so that
// every question is a binary search in one or a few years.
#include "rules/calendar/calendar.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace lupaus::rules::calendar {
namespace {

using model::DayInterval;
using model::Duration;
using model::Instant;
using model::LocalDate;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2100;
constexpr size_t kYearCount = kLastYear - kFirstYear + 1;
constexpr int kMinutesADay = 1440;

/// How far due and next_open look ahead (R27).
constexpr auto kReach = std::chrono::days(4 * 365 + 1);

constexpr Instant start_of_year(int year) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::January / 1);
}

constexpr std::array<Instant, kYearCount + 1> make_year_starts() {
  std::array<Instant, kYearCount + 1> starts{};
  for (size_t i = 0; i <= kYearCount; ++i)
    starts[i] = start_of_year(kFirstYear + static_cast<int>(i));
  return starts;
}
constexpr std::array<Instant, kYearCount + 1> kYearStarts = make_year_starts();

/// Index of the year of an instant that lies in the years of calendars; their very end belongs to
/// the last.
size_t index_of(Instant instant) {
  constexpr int64_t kLongYearMs = 366LL * 86'400'000;
  auto index = static_cast<size_t>(model::to_unix_ms(instant) / kLongYearMs);
  while (index + 1 < kYearCount && kYearStarts[index + 1] <= instant) ++index;
  return index;
}

Instant clamp(Instant instant) {
  return std::clamp(instant, kYearStarts.front(), kYearStarts.back());
}

/// The end of the search for what follows `instant`.
Instant reach_of(Instant instant) {
  return instant < model::kEndOfTime - kReach ? instant + kReach : model::kEndOfTime;
}

/// Joins intervals that overlap or touch; empty ones vanish.
void join(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  std::vector<Interval> joined;
  for (const Interval& interval : intervals) {
    if (interval.begin >= interval.end) continue;
    if (!joined.empty() && interval.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, interval.end);
    } else {
      joined.push_back(interval);
    }
  }
  intervals = std::move(joined);
}

/// One UTC year of open time.
struct Year {
  std::vector<Interval> intervals;
  std::vector<Duration> before;  ///< open time of the year before each interval
  Duration total{};

  /// Index of the first interval that ends after `instant`.
  size_t find(Instant instant) const {
    const auto found =
        std::upper_bound(intervals.begin(), intervals.end(), instant,
                         [](Instant at, const Interval& interval) { return at < interval.end; });
    return static_cast<size_t>(found - intervals.begin());
  }

  /// Open time from the beginning of the year to `instant`.
  Duration open_until(Instant instant) const {
    const size_t index = find(instant);
    if (index == intervals.size()) return total;
    const Interval& interval = intervals[index];
    return before[index] + std::max(instant - interval.begin, Duration(0));
  }

  /// The earliest instant with open_until == length, for 0 < length <= total.
  Instant reach(Duration length) const {
    const auto next = std::lower_bound(before.begin(), before.end(), length);
    const auto index = static_cast<size_t>(next - before.begin()) - 1;
    return intervals[index].begin + (length - before[index]);
  }
};

}  // namespace

class Calendar::Years {
 public:
  Years(const model::CalendarSpec& spec, const model::ZoneTable& zone)
      : spec_(spec), zone_(zone), years_(kYearCount) {}

  const Year& at(size_t index) {
    if (years_[index] == nullptr) years_[index] = build(index);
    return *years_[index];
  }

  const model::DateException* find_exception(LocalDate date) const {
    const auto found = std::lower_bound(spec_.exceptions.begin(), spec_.exceptions.end(), date,
                                        [](const model::DateException& exception,
                                           LocalDate wanted) { return exception.date < wanted; });
    return found != spec_.exceptions.end() && found->date == date ? &*found : nullptr;
  }

  const model::DayHours& day_hours(LocalDate date) const {
    return spec_.week[static_cast<size_t>(weekday(date) - 1)];
  }

  /// What opens on `date`, the parts after its midnight included (R31).
  std::vector<Interval> opening_on(LocalDate date) const {
    const model::DateException* exception = find_exception(date);
    const std::vector<DayInterval>& hours =
        exception != nullptr && exception->hours ? *exception->hours : day_hours(date).intervals;
    std::vector<Interval> intervals;
    for (const DayInterval& day : hours) {
      const int end =
          day.end_minute <= day.begin_minute ? day.end_minute + kMinutesADay : day.end_minute;
      intervals.push_back({to_instant(zone_, date, day.begin_minute, Fold::first),
                           to_instant(zone_, date, end, Fold::second)});
    }
    return intervals;
  }

  const model::CalendarSpec& spec() const { return spec_; }
  const model::ZoneTable& zone() const { return zone_; }

 private:
  std::unique_ptr<Year> build(size_t index) const {
    const Instant begin = kYearStarts[index];
    const Instant end = kYearStarts[index + 1];
    const int number = kFirstYear + static_cast<int>(index);
    auto year = std::make_unique<Year>();
    // WHY: an interval may last two dates and a zone be a day from UTC, so three dates around the
    // year can matter.
    const LocalDate last = add_days({static_cast<int16_t>(number), 12, 31}, 3);
    for (LocalDate date = add_days({static_cast<int16_t>(number), 1, 1}, -3); date <= last;
         date = add_days(date, 1)) {
      for (const Interval& interval : opening_on(date)) {
        year->intervals.push_back({std::max(interval.begin, begin), std::min(interval.end, end)});
      }
    }
    join(year->intervals);
    for (const Interval& interval : year->intervals) {
      year->before.push_back(year->total);
      year->total += interval.end - interval.begin;
    }
    return year;
  }

  model::CalendarSpec spec_;
  model::ZoneTable zone_;
  std::vector<std::unique_ptr<Year>> years_;
};

Calendar::Calendar(const model::CalendarSpec& spec, const model::ZoneTable& zone)
    : years_(std::make_unique<Years>(spec, zone)) {}
Calendar::~Calendar() = default;
Calendar::Calendar(Calendar&&) noexcept = default;
Calendar& Calendar::operator=(Calendar&&) noexcept = default;

Duration Calendar::open_between(Instant begin, Instant end) const {
  begin = clamp(begin);
  end = clamp(end);
  if (end <= begin) return Duration(0);
  const size_t first = index_of(begin);
  const size_t last = index_of(end);
  Duration open = years_->at(last).open_until(end) - years_->at(first).open_until(begin);
  for (size_t index = first; index < last; ++index) open += years_->at(index).total;
  return open;
}

std::optional<Instant> Calendar::add_open(Instant start, Duration length) const {
  if (length <= Duration(0)) return start;
  const Instant reach = reach_of(start);
  if (start >= kYearStarts.back() || reach < kYearStarts.front()) return std::nullopt;
  const Instant from = clamp(start);
  size_t index = index_of(from);
  Duration wanted = length + years_->at(index).open_until(from);
  for (; index < kYearCount && kYearStarts[index] <= reach; ++index) {
    const Year& year = years_->at(index);
    if (wanted <= year.total) {
      const Instant found = year.reach(wanted);
      return found <= reach ? std::optional(found) : std::nullopt;
    }
    wanted -= year.total;
  }
  return std::nullopt;
}

std::optional<Instant> Calendar::next_open(Instant instant) const {
  const auto interval = next_interval(instant);
  return interval ? std::optional(std::max(clamp(instant), interval->begin)) : std::nullopt;
}

std::optional<Interval> Calendar::next_interval(Instant instant) const {
  const Instant reach = reach_of(instant);
  if (instant >= kYearStarts.back() || reach < kYearStarts.front()) return std::nullopt;
  const Instant from = clamp(instant);
  for (size_t index = index_of(from); index < kYearCount && kYearStarts[index] <= reach; ++index) {
    const Year& year = years_->at(index);
    const size_t found = year.find(from);
    if (found == year.intervals.size()) continue;
    const Interval& interval = year.intervals[found];
    return std::max(from, interval.begin) <= reach ? std::optional(interval) : std::nullopt;
  }
  return std::nullopt;
}

bool Calendar::is_open(Instant instant) const {
  if (instant < kYearStarts.front() || instant >= kYearStarts.back()) return false;
  const Year& year = years_->at(index_of(instant));
  const size_t found = year.find(instant);
  return found < year.intervals.size() && year.intervals[found].begin <= instant;
}

bool Calendar::is_business_day(LocalDate date) const {
  for (const Interval& interval : years_->opening_on(date)) {
    if (interval.begin < interval.end) return true;
  }
  return false;
}

std::string_view Calendar::day_class(LocalDate date) const {
  const model::DateException* exception = years_->find_exception(date);
  if (exception != nullptr && !exception->day_class.empty()) return exception->day_class;
  return years_->day_hours(date).day_class;
}

const model::ZoneTable& Calendar::zone() const { return years_->zone(); }

std::string_view Calendar::name() const { return years_->spec().name; }

std::optional<Instant> end_of_nth_day(const model::ZoneTable& zone, const Calendar* calendar,
                                      Instant start, int days, model::Limit::Unit unit) {
  model::ensure(unit != model::Limit::Unit::duration, "a count of days has a unit of days");
  LocalDate date = local_date(zone, start);
  if (unit == model::Limit::Unit::calendar_days) {
    date = add_days(date, days);
  } else {
    model::ensure(calendar != nullptr, "business days are those of a calendar");
    const LocalDate last = add_days(date, static_cast<int>(kReach.count()));
    for (int left = days; left > 0;) {
      date = add_days(date, 1);
      if (date > last) return std::nullopt;
      if (calendar->is_business_day(date)) --left;
    }
  }
  // The date ends when the next one first shows: 24:00 comes twice where clocks fall back after
  // midnight.
  return to_instant(zone, date, kMinutesADay, Fold::first);
}

}  // namespace lupaus::rules::calendar
