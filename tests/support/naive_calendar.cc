// Lists of spans, and nothing cleverer.
#include "tests/support/naive_calendar.h"

#include <algorithm>

namespace lupaus::tests::naive {

using rules::model::CalendarSpec;
using rules::model::DayInterval;
using rules::model::ZoneTable;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const rules::model::DateException* exception_on(const CalendarSpec& spec, LocalDate date) {
  for (const auto& exception : spec.exceptions) {
    if (exception.date == date) return &exception;
  }
  return nullptr;
}

const rules::model::DayHours& weekday_of(const CalendarSpec& spec, LocalDate date) {
  // 1970-01-01 was a Thursday; Monday comes first.
  return spec.week[static_cast<size_t>(((day_number(date) + 3) % 7 + 7) % 7)];
}

/// R31: the intervals that open on the date.
const std::vector<DayInterval>& intervals_on(const CalendarSpec& spec, LocalDate date) {
  const auto* exception = exception_on(spec, date);
  if (exception != nullptr && exception->hours) return *exception->hours;
  return weekday_of(spec, date).intervals;
}

/// Ascending and disjoint; what touches is joined.
Spans joined(Spans spans) {
  std::sort(spans.begin(), spans.end());
  Spans result;
  for (const auto& [begin, end] : spans) {
    if (begin >= end) continue;
    if (!result.empty() && begin <= result.back().second) {
      result.back().second = std::max(result.back().second, end);
    } else {
      result.push_back({begin, end});
    }
  }
  return result;
}

}  // namespace

int day_number(LocalDate date) {
  const std::chrono::sys_days day = std::chrono::year(date.year) / date.month / date.day;
  return static_cast<int>(day.time_since_epoch().count());
}

LocalDate date_of(int day_number) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days(days(day_number))};
  return {static_cast<int16_t>(int(ymd.year())), static_cast<uint8_t>(unsigned(ymd.month())),
          static_cast<uint8_t>(unsigned(ymd.day()))};
}

Duration offset_at(const ZoneTable& zone, Instant at) {
  int32_t offset = zone.first_offset_s;
  const auto later = std::partition_point(
      zone.transitions.begin(), zone.transitions.end(),
      [&](const auto& transition) { return Instant(seconds(transition.at_unix_s)) <= at; });
  if (later != zone.transitions.begin()) offset = std::prev(later)->offset_s;
  return seconds(offset);
}

LocalDate local_date(const ZoneTable& zone, Instant at) {
  const Instant wall = at + offset_at(zone, at);
  return date_of(static_cast<int>(std::chrono::floor<days>(wall).time_since_epoch().count()));
}

Span instants_of(const ZoneTable& zone, int day_number, int minute) {
  const Instant wall = Instant(days(day_number)) + minutes(minute);
  // Every offset in use within two days of it may show it.
  const Instant early = wall - days(2), late = wall + days(2);
  std::vector<Duration> offsets = {offset_at(zone, early)};
  std::optional<Instant> gap;
  auto transition =
      std::partition_point(zone.transitions.begin(), zone.transitions.end(),
                           [&](const auto& t) { return Instant(seconds(t.at_unix_s)) <= early; });
  for (; transition != zone.transitions.end(); ++transition) {
    const Instant at(seconds(transition->at_unix_s));
    if (at > late) break;
    if (at + offsets.back() <= wall && wall < at + seconds(transition->offset_s)) gap = at;
    offsets.push_back(seconds(transition->offset_s));
  }
  std::vector<Instant> found;
  for (const Duration offset : offsets) {
    if (offset_at(zone, wall - offset) == offset) found.push_back(wall - offset);
  }
  if (found.empty()) return {gap.value(), gap.value()};
  return {*std::min_element(found.begin(), found.end()),
          *std::max_element(found.begin(), found.end())};
}

Instant end_of_day(const ZoneTable& zone, LocalDate date) {
  // Where midnight comes twice, the second lies in the next date already.
  return instants_of(zone, day_number(date) + 1, 0).first;
}

Hours::Hours(const CalendarSpec& calendar, const ZoneTable& local, Instant first, int count)
    : spec(&calendar), zone(&local) {
  const int first_day =
      static_cast<int>(std::chrono::floor<days>(first).time_since_epoch().count()) - 3;
  Spans spans;
  for (int day = first_day; day < first_day + count; ++day) {
    for (const auto& interval : intervals_on(calendar, date_of(day))) {
      const bool is_over_midnight = interval.end_minute <= interval.begin_minute;
      spans.push_back(
          {instants_of(local, day, interval.begin_minute).first,
           instants_of(local, day + (is_over_midnight ? 1 : 0), interval.end_minute).second});
    }
  }
  open = joined(std::move(spans));
}

bool Hours::is_business_day(LocalDate date) const { return !intervals_on(*spec, date).empty(); }

std::string Hours::class_of(LocalDate date) const {
  const auto* exception = exception_on(*spec, date);
  if (exception != nullptr && !exception->day_class.empty()) return exception->day_class;
  return weekday_of(*spec, date).day_class;
}

/// What counts of [from, to), as spans.
Spans Counting::open_after(Instant from, Instant to) const {
  Spans left;
  if (hours == nullptr) {
    left = {{from, to}};
  } else {
    auto span = std::partition_point(hours->open.begin(), hours->open.end(),
                                     [&](const Span& s) { return s.second <= from; });
    for (; span != hours->open.end() && span->first < to; ++span)
      left.push_back({std::max(span->first, from), std::min(span->second, to)});
  }
  for (const auto& [begin, end] : joined(blocked)) {
    Spans rest;
    for (const auto& [b, e] : left) {
      if (b < std::min(e, begin)) rest.push_back({b, std::min(e, begin)});
      if (std::max(b, end) < e) rest.push_back({std::max(b, end), e});
    }
    left = std::move(rest);
  }
  return left;
}

Duration Counting::counted(Instant from, Instant to) const {
  Duration sum{};
  if (from >= to) return sum;
  for (const auto& [begin, end] : open_after(from, to)) sum += end - begin;
  return sum;
}

std::optional<Instant> Counting::reached(Instant from, Duration length) const {
  if (length == Duration{}) return from;
  Duration left = length;
  // Four years of elapsed time, or what is listed of the calendar.
  for (const auto& [begin, end] : open_after(from, from + days(4 * 366))) {
    if (end - begin >= left) return begin + left;
    left -= end - begin;
  }
  return std::nullopt;
}

}  // namespace lupaus::tests::naive
