// Random calendars in many zones, near transitions: against a second model that walks minute by
// minute, and against the law counted(start, due(start, d)) == d. LUPAUS_SEED repeats a run,
// LUPAUS_ROUNDS lengthens it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "tests/rules/calendar/calendars.h"

namespace lupaus::rules::calendar {
namespace {

using model::CalendarSpec;
using model::DayInterval;
using model::Duration;
using model::Instant;
using model::LocalDate;
using model::ZoneTable;
using std::chrono::minutes;
using Random = std::mt19937_64;

constexpr std::array<const char*, 14> kZones = {
    "Europe/Helsinki",   "Europe/London",   "America/New_York", "America/Havana",
    "America/Sao_Paulo", "Asia/Tehran",     "Asia/Kathmandu",   "Australia/Lord_Howe",
    "Africa/Casablanca", "Pacific/Apia",    "America/St_Johns", "Pacific/Chatham",
    "Africa/Cairo",      "Antarctica/Troll"};

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

uint64_t seed() { return setting("LUPAUS_SEED", std::random_device{}()); }

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

std::vector<DayInterval> random_hours(Random& random) {
  std::vector<DayInterval> intervals;
  for (int64_t count = pick(random, 0, 3); count > 0; --count) {
    const auto begin = static_cast<int16_t>(pick(random, 0, 95) * 15);
    const auto end = static_cast<int16_t>(pick(random, 1, 96) * 15);
    if (begin != end) intervals.push_back({begin, end});
  }
  return intervals;
}

/// An instant within two days of a transition of the zone (any instant, where it has none), in
/// whole minutes.
Instant near_transition(Random& random, const ZoneTable& zone) {
  int64_t around = pick(random, 100'000'000, 4'000'000'000);
  std::vector<int64_t> known;
  for (const ZoneTable::Transition& transition : zone.transitions) {
    if (transition.at_unix_s < 100'000'000 || transition.at_unix_s > 4'000'000'000) continue;
    known.push_back(transition.at_unix_s);
  }
  if (!known.empty())
    around = known[static_cast<size_t>(pick(random, 0, static_cast<int64_t>(known.size()) - 1))];
  return std::chrono::floor<minutes>(
      Instant(std::chrono::seconds(around + pick(random, -172'800, 172'800))));
}

CalendarSpec random_calendar(Random& random, const char* zone, LocalDate around) {
  CalendarSpec spec;
  spec.timezone = zone;
  for (model::DayHours& day : spec.week) day.intervals = random_hours(random);
  spec.week[0].intervals.push_back(hours(9, 16));
  for (int day = -3; day <= 3; ++day) {
    if (pick(random, 0, 3) != 0) continue;
    spec.exceptions.push_back({add_days(around, day), random_hours(random), "", "exception"});
  }
  return spec;
}

/// The second model. It asks, for one minute of UTC, whether an interval of the local date or of
/// the date before holds it, by comparing local times as people read them from a wall clock, and
/// R30's two rules only where clocks change.
class Wall {
 public:
  /// For walks of less than two days from `start`.
  Wall(const CalendarSpec& spec, const ZoneTable& zone, Instant start) : spec_(spec), zone_(zone) {
    for (const ZoneTable::Transition& transition : zone.transitions) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at > start - std::chrono::days(2) && at < start + std::chrono::days(4))
        nearby_.push_back(transition);
    }
  }

  bool is_open(Instant instant) const {
    const LocalDate today = local_date(zone_, instant);
    for (int back = 0; back <= 2; ++back) {
      const LocalDate date = add_days(today, -back);
      for (const DayInterval& interval : hours_of(date)) {
        if (contains(interval, date, instant)) return true;
      }
    }
    return false;
  }

 private:
  const std::vector<DayInterval>& hours_of(LocalDate date) const {
    for (const model::DateException& exception : spec_.exceptions) {
      if (exception.date == date && exception.hours) return *exception.hours;
    }
    return spec_.week[static_cast<size_t>(weekday(date) - 1)].intervals;
  }

  int64_t wall_minutes(Instant instant) const {
    return std::chrono::floor<minutes>(instant.time_since_epoch()).count() +
           offset_at(zone_, instant) / 60;
  }

  /// Open when the wall has reached the opening (now, or earlier: it may have been set back since),
  /// and the closing is still to be shown.
  bool contains(const DayInterval& interval, LocalDate date, Instant instant) const {
    const int64_t midnight =
        std::chrono::sys_days(std::chrono::year(date.year) / date.month / date.day)
            .time_since_epoch()
            .count() *
        1440;
    const int64_t begin = midnight + interval.begin_minute;
    const int64_t end =
        midnight + interval.end_minute + (interval.end_minute <= interval.begin_minute ? 1440 : 0);
    if (highest_wall_until(instant) < begin) return false;
    return wall_minutes(instant) < end || lowest_wall_from(instant + minutes(1)) <= end;
  }

  int64_t highest_wall_until(Instant instant) const {
    int64_t highest = wall_minutes(instant);
    for (const ZoneTable::Transition& transition : nearby_) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at > instant || at < instant - std::chrono::hours(30)) continue;
      highest = std::max(highest, wall_minutes(at - minutes(1)));
    }
    return highest;
  }

  int64_t lowest_wall_from(Instant instant) const {
    int64_t lowest = wall_minutes(instant);
    for (const ZoneTable::Transition& transition : nearby_) {
      const Instant at{std::chrono::seconds(transition.at_unix_s)};
      if (at <= instant || at > instant + std::chrono::hours(30)) continue;
      lowest = std::min(lowest, wall_minutes(at));
    }
    return lowest;
  }

  const CalendarSpec& spec_;
  const ZoneTable& zone_;
  std::vector<ZoneTable::Transition> nearby_;
};

TEST(CalendarProperty, AgreesWithAWalkMinuteByMinute) {
  const uint64_t chosen = seed();
  SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(chosen));
  Random random(chosen);
  for (uint64_t round = setting("LUPAUS_ROUNDS", 150); round > 0; --round) {
    const char* name = kZones[static_cast<size_t>(pick(random, 0, kZones.size() - 1))];
    const ZoneTable& zone = *find_built_in_zone(name);
    const Instant start = near_transition(random, zone);
    const CalendarSpec spec = random_calendar(random, name, local_date(zone, start));
    const Calendar calendar(spec, zone);
    const Wall wall(spec, zone, start);
    Duration open{};
    for (Instant now = start; now < start + std::chrono::hours(40); now += minutes(1)) {
      ASSERT_EQ(calendar.is_open(now), wall.is_open(now)) << name << " " << format_local(zone, now);
      if (wall.is_open(now)) open += minutes(1);
    }
    ASSERT_EQ(calendar.open_between(start, start + std::chrono::hours(40)), open) << name;
  }
}

TEST(CalendarProperty, CountsWhatItAdded) {
  const uint64_t chosen = seed();
  SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(chosen));
  Random random(chosen);
  for (uint64_t round = setting("LUPAUS_ROUNDS", 150); round > 0; --round) {
    const char* name = kZones[static_cast<size_t>(pick(random, 0, kZones.size() - 1))];
    const ZoneTable& zone = *find_built_in_zone(name);
    const Instant around = near_transition(random, zone);
    const CalendarSpec spec = random_calendar(random, name, local_date(zone, around));
    const Calendar calendar(spec, zone);
    for (int i = 0; i < 50; ++i) {
      const Instant start = around + Duration(pick(random, -86'400'000, 86'400'000));
      const Duration length(pick(random, 0, i % 2 == 0 ? 7'200'000 : 400'000'000));
      const std::optional<Instant> due = calendar.add_open(start, length);
      ASSERT_TRUE(due.has_value());
      ASSERT_EQ(calendar.open_between(start, *due), length)
          << name << " " << format_local(zone, start);
      // The earliest such instant: a millisecond before it, less is counted.
      if (length > Duration(0)) {
        ASSERT_LT(calendar.open_between(start, *due - Duration(1)), length);
      }
      const Instant later = *calendar.next_open(start);
      ASSERT_TRUE(calendar.is_open(later));
      ASSERT_EQ(calendar.open_between(start, later), Duration(0));
    }
  }
}

TEST(CalendarProperty, CountsInPartsWhatItCountsInWhole) {
  const uint64_t chosen = seed();
  SCOPED_TRACE("LUPAUS_SEED=" + std::to_string(chosen));
  Random random(chosen);
  for (uint64_t round = setting("LUPAUS_ROUNDS", 150); round > 0; --round) {
    const char* name = kZones[static_cast<size_t>(pick(random, 0, kZones.size() - 1))];
    const ZoneTable& zone = *find_built_in_zone(name);
    const Instant around = near_transition(random, zone);
    const Calendar calendar(random_calendar(random, name, local_date(zone, around)), zone);
    std::array<Instant, 3> edges{};
    for (Instant& edge : edges)
      edge = around + Duration(pick(random, -40'000'000'000, 40'000'000'000));
    std::sort(edges.begin(), edges.end());
    ASSERT_EQ(calendar.open_between(edges[0], edges[1]) + calendar.open_between(edges[1], edges[2]),
              calendar.open_between(edges[0], edges[2]))
        << name;
  }
}

}  // namespace
}  // namespace lupaus::rules::calendar
