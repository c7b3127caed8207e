// The bank days of TARGET against a table that was worked out another way: Easter by counting full
// moons of the ecclesiastical calendar (Gauss's table of epacts), holidays day by day.
#include "rules/calendar/target_days.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace lupaus::rules::calendar {
namespace {

using model::LocalDate;

LocalDate to_local(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return {static_cast<int16_t>(static_cast<int>(date.year())),
          static_cast<uint8_t>(static_cast<unsigned>(date.month())),
          static_cast<uint8_t>(static_cast<unsigned>(date.day()))};
}

/// Month * 100 + day of Easter Sunday, 2000 to 2040, as almanacs print it.
constexpr int kEasters[] = {423, 415, 331, 420, 411, 327, 416, 408, 323, 412, 404, 424, 408, 331,
                            420, 405, 327, 416, 401, 421, 412, 404, 417, 409, 331, 420, 405, 328,
                            416, 401, 421, 413, 328, 417, 409, 325, 413, 405, 425, 410, 401};

TEST(TargetDays, EasterIsWhereAlmanacsPrintIt) {
  static_assert(std::size(kEasters) == 41);
  for (int year = 2000; year <= 2040; ++year) {
    const LocalDate easter = easter_sunday(year);
    EXPECT_EQ(easter.month * 100 + easter.day, kEasters[year - 2000]) << year;
  }
}

/// The first Sunday after the first ecclesiastical full moon on or after 21 March; moons by the
/// Metonic cycle with the corrections for the years 1900 to 2199.
LocalDate easter_by_the_moon(int year) {
  constexpr int kCorrection = 24;  // M of Gauss for 1900 to 2199
  const int age = (19 * (year % 19) + kCorrection) % 30;
  const std::chrono::sys_days equinox = std::chrono::year(year) / std::chrono::March / 21;
  int moon = age;
  if (age == 29 || (age == 28 && year % 19 > 10)) --moon;
  std::chrono::sys_days day = equinox + std::chrono::days(moon + 1);
  while (std::chrono::weekday(day) != std::chrono::Sunday) day += std::chrono::days(1);
  return to_local(day);
}

TEST(TargetDays, EasterFollowsTheMoonOfTwoCenturies) {
  for (int year = 1900; year < 2200; ++year)
    EXPECT_EQ(easter_sunday(year), easter_by_the_moon(year)) << year;
}

std::set<LocalDate> holidays_of(int year) {
  const auto y = static_cast<int16_t>(year);
  const int easter = kEasters[year - 2000];
  const std::chrono::sys_days sunday = std::chrono::year(year) /
                                       std::chrono::month(static_cast<unsigned>(easter / 100)) /
                                       std::chrono::day(static_cast<unsigned>(easter % 100));
  return {{y, 1, 1},
          {y, 5, 1},
          {y, 12, 25},
          {y, 12, 26},
          to_local(sunday - std::chrono::days(2)),
          to_local(sunday + std::chrono::days(1))};
}

TEST(TargetDays, EveryDayOfFortyYearsIsAsTheTableSays) {
  for (int year = 2000; year <= 2040; ++year) {
    const std::set<LocalDate> holidays = holidays_of(year);
    const std::chrono::sys_days end = std::chrono::year(year + 1) / std::chrono::January / 1;
    for (std::chrono::sys_days day = std::chrono::year(year) / std::chrono::January / 1; day < end;
         day += std::chrono::days(1)) {
      const unsigned weekday = std::chrono::weekday(day).iso_encoding();
      const bool is_open = weekday < 6 && !holidays.contains(to_local(day));
      ASSERT_EQ(is_target_day(to_local(day)), is_open) << model::format_local_date(to_local(day));
    }
  }
}

TEST(TargetDays, CountingForwardStepsOverWhatIsClosed) {
  EXPECT_EQ(target_day_from({2026, 4, 3}), (LocalDate{2026, 4, 7}));
  EXPECT_EQ(target_day_from({2026, 4, 2}), (LocalDate{2026, 4, 2}));
  EXPECT_EQ(add_target_days({2026, 4, 2}, 1), (LocalDate{2026, 4, 7}));
  EXPECT_EQ(add_target_days({2026, 4, 4}, 0), (LocalDate{2026, 4, 4}));
  EXPECT_EQ(add_target_days({2026, 12, 23}, 5), (LocalDate{2026, 12, 31}));
  EXPECT_EQ(add_target_days({2026, 12, 31}, 1), (LocalDate{2027, 1, 4}));
}

TEST(TargetDays, OneMoreDayIsTheNextBankDay) {
  const LocalDate start{2027, 3, 20};
  for (int days = 0; days < 300; ++days) {
    EXPECT_EQ(add_target_days(start, days + 1), add_target_days(add_target_days(start, days), 1));
    if (days > 0) {
      EXPECT_TRUE(is_target_day(add_target_days(start, days)));
    }
  }
}

}  // namespace
}  // namespace lupaus::rules::calendar
