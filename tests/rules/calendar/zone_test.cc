// Local time: offsets against a second reading of the tz database, and the hours that are missing
// or come twice.
#include "rules/calendar/zone.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <array>

namespace lupaus::rules::calendar {
namespace {

using model::Instant;
using model::LocalDate;
using model::ZoneTable;

const ZoneTable& zone(std::string_view name) {
  const ZoneTable* found = find_built_in_zone(name);
  model::ensure(found != nullptr, name);
  return *found;
}

std::string local(const ZoneTable& table, LocalDate date, int minute, Fold fold) {
  return format_local(table, to_instant(table, date, minute, fold));
}

TEST(Zone, IsKnownUnderItsOldNamesToo) {
  EXPECT_EQ(find_built_in_zone("Europe/Atlantis"), nullptr);
  EXPECT_EQ(find_built_in_zone(""), nullptr);
  EXPECT_EQ(zone("US/Central").transitions, zone("America/Chicago").transitions);
  EXPECT_EQ(zone("US/Central").name, "US/Central");
  EXPECT_TRUE(zone("UTC").transitions.empty());
  EXPECT_EQ(built_in_tz_version().size(), 5U);
}

TEST(Zone, HasRulesWrittenOutTo2100) {
  const Instant summer = model::parse_instant("2099-07-01T00:00:00Z").value();
  const Instant winter = model::parse_instant("2100-12-01T00:00:00Z").value();
  EXPECT_EQ(offset_at(zone("Europe/Helsinki"), summer), 3 * 3600);
  EXPECT_EQ(offset_at(zone("Europe/Helsinki"), winter), 2 * 3600);
  EXPECT_EQ(offset_at(zone("Australia/Lord_Howe"), winter), 11 * 3600);
  EXPECT_EQ(offset_at(zone("America/Sao_Paulo"), summer), -3 * 3600);
}

// Where this system's tz database can be read a second way, every zone must agree with it at and
// around each transition from 1970 to 2037 and in between.
TEST(Zone, AgreesWithASecondReaderOfTheDatabase) {
  size_t compared = 0;
  for (const date::time_zone& other : date::get_tzdb().zones) {
    const ZoneTable* table = find_built_in_zone(other.name());
    if (table == nullptr) continue;
    ++compared;
    std::vector<int64_t> seconds;
    for (int64_t at = 0; at < 2'145'916'800; at += 40 * 86'400 + 1) seconds.push_back(at);
    for (const ZoneTable::Transition& transition : table->transitions) {
      if (transition.at_unix_s < 0 || transition.at_unix_s > 2'145'916'800) continue;
      seconds.push_back(transition.at_unix_s - 1);
      seconds.push_back(transition.at_unix_s);
    }
    for (const int64_t at : seconds) {
      const date::sys_seconds instant{std::chrono::seconds(at)};
      ASSERT_EQ(offset_at(*table, Instant(instant.time_since_epoch())),
                other.get_info(instant).offset.count())
          << other.name() << " at " << at;
    }
  }
  EXPECT_GT(compared, 300U);
}

TEST(Zone, TakesTheTransitionForATimeThatDoesNotExist) {
  const ZoneTable& helsinki = zone("Europe/Helsinki");
  for (const Fold fold : {Fold::first, Fold::second}) {
    EXPECT_EQ(local(helsinki, {2026, 3, 29}, 3 * 60 + 15, fold), "2026-03-29T04:00:00.000+03:00");
    EXPECT_EQ(local(helsinki, {2026, 3, 29}, 2 * 60 + 59, fold), "2026-03-29T02:59:00.000+02:00");
    EXPECT_EQ(local(helsinki, {2026, 3, 29}, 4 * 60, fold), "2026-03-29T04:00:00.000+03:00");
  }
  // Samoa left out the whole of 30 December 2011.
  EXPECT_EQ(to_instant(zone("Pacific/Apia"), {2011, 12, 30}, 12 * 60, Fold::first),
            to_instant(zone("Pacific/Apia"), {2011, 12, 31}, 0, Fold::first));
}

TEST(Zone, TellsApartATimeThatComesTwice) {
  const ZoneTable& helsinki = zone("Europe/Helsinki");
  EXPECT_EQ(local(helsinki, {2026, 10, 25}, 210, Fold::first), "2026-10-25T03:30:00.000+03:00");
  EXPECT_EQ(local(helsinki, {2026, 10, 25}, 210, Fold::second), "2026-10-25T03:30:00.000+02:00");
  EXPECT_EQ(local(helsinki, {2026, 10, 25}, 240, Fold::first), "2026-10-25T04:00:00.000+02:00");
  EXPECT_EQ(local(helsinki, {2026, 10, 24}, 1440 + 210, Fold::second),
            "2026-10-25T03:30:00.000+02:00");
}

TEST(Zone, ShowsEveryLocalTimeThatItGives) {
  for (const char* name : {"Europe/Helsinki", "America/Havana", "America/Sao_Paulo", "Asia/Tehran",
                           "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"}) {
    const ZoneTable& table = zone(name);
    for (const ZoneTable::Transition& transition : table.transitions) {
      for (int64_t at = transition.at_unix_s / 60 * 60 - 7200; at < transition.at_unix_s + 7200;
           at += 1800) {
        const Instant instant{std::chrono::seconds(at)};
        if (at < 0 || offset_at(table, instant) % 60 != 0) continue;
        const LocalDate date = local_date(table, instant);
        const auto minute = (at + offset_at(table, instant)) % 86'400 / 60;
        const Instant first = to_instant(table, date, static_cast<int>(minute), Fold::first);
        const Instant second = to_instant(table, date, static_cast<int>(minute), Fold::second);
        ASSERT_TRUE(first == instant || second == instant) << name << " " << at;
        ASSERT_LE(first, second);
      }
    }
  }
}

TEST(Zone, FormatsLocalTime) {
  const Instant instant = model::parse_instant("2026-01-05T07:00:00.123Z").value();
  EXPECT_EQ(format_local(zone("Europe/Helsinki"), instant), "2026-01-05T09:00:00.123+02:00");
  EXPECT_EQ(format_time_of_day(zone("Europe/Helsinki"), instant), "09:00:00.123");
  EXPECT_EQ(format_local(zone("America/St_Johns"), instant), "2026-01-05T03:30:00.123-03:30");
  EXPECT_EQ(format_local(zone("UTC"), instant), "2026-01-05T07:00:00.123+00:00");
}

TEST(LocalDate, CountsDaysAndWeekdays) {
  EXPECT_EQ(weekday({2026, 1, 5}), 1);
  EXPECT_EQ(weekday({2026, 1, 4}), 7);
  EXPECT_EQ(add_days({2026, 12, 31}, 1), (LocalDate{2027, 1, 1}));
  EXPECT_EQ(add_days({2028, 3, 1}, -1), (LocalDate{2028, 2, 29}));
}

}  // namespace
}  // namespace lupaus::rules::calendar
