// Opening hours: the worked cases, the nights in which clocks change, exceptions, business days.
#include "rules/calendar/calendar.h"

#include <gtest/gtest.h>

#include "tests/rules/calendar/calendars.h"

namespace lupaus::rules::calendar {
namespace {

using model::Duration;
using model::Limit;
using std::chrono::minutes;
using Hours = std::chrono::hours;

TEST(Calendar, CountsOverTheLunchBreak) {
  const Calendar calendar =
      make_calendar(every_day("Europe/Helsinki", {hours(8, 12), {810, 1080}}));
  const model::Instant issued = at("2026-01-05T11:55:00+02:00");
  EXPECT_EQ(calendar.add_open(issued, minutes(15)), at("2026-01-05T13:40:00+02:00"));
  EXPECT_EQ(calendar.open_between(issued, at("2026-01-05T13:40:00+02:00")), minutes(15));
  EXPECT_EQ(calendar.open_between(issued, at("2026-01-05T13:30:00+02:00")), minutes(5));
}

TEST(Calendar, IsDueAtClosingTimeWhenTheTimeIsUpThen) {
  model::CalendarSpec spec;
  spec.timezone = "Europe/Helsinki";
  for (size_t day = 0; day < 5; ++day) spec.week[day].intervals = {hours(9, 16)};
  const Calendar calendar = make_calendar(spec);
  // Friday; the first instant beyond lies on Monday.
  const model::Instant issued = at("2026-01-09T15:45:00+02:00");
  EXPECT_EQ(calendar.add_open(issued, minutes(15)), at("2026-01-09T16:00:00+02:00"));
  EXPECT_EQ(calendar.add_open(issued, minutes(15) + Duration(1)),
            at("2026-01-12T09:00:00.001+02:00"));
  EXPECT_EQ(calendar.next_open(at("2026-01-09T16:00:00+02:00")), at("2026-01-12T09:00:00+02:00"));
  EXPECT_EQ(calendar.add_open(at("2026-01-10T12:00:00+02:00"), Duration(0)),
            at("2026-01-10T12:00:00+02:00"));
}

TEST(Calendar, OfTheWholeDayCountsElapsedTimeWhenClocksChange) {
  const Calendar calendar = make_calendar(every_day("Europe/Helsinki", {hours(0, 24)}));
  EXPECT_EQ(calendar.open_between(at("2026-10-25T03:30:00+03:00"), at("2026-10-25T03:30:00+02:00")),
            Hours(1));
  EXPECT_EQ(calendar.open_between(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
            Hours(365 * 24));
  EXPECT_EQ(calendar.open_between(at("1970-01-02T00:00:00Z"), at("2100-12-01T00:00:00Z")),
            at("2100-12-01T00:00:00Z") - at("1970-01-02T00:00:00Z"));
}

TEST(Calendar, IsOpenTwiceInTheHourThatComesTwice) {
  const Calendar calendar = make_calendar(every_day("Europe/Helsinki", {{195, 225}}));
  const auto open_on = [&](std::string_view from, std::string_view to) {
    return calendar.open_between(at(from), at(to));
  };
  EXPECT_EQ(open_on("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), minutes(90));
  EXPECT_EQ(open_on("2026-10-23T12:00:00Z", "2026-10-24T12:00:00Z"), minutes(30));
  EXPECT_EQ(open_on("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), minutes(0));
}

TEST(Calendar, HasALongAndAShortNight) {
  const Calendar calendar = make_calendar(every_day("Europe/Helsinki", {hours(22, 6)}));
  EXPECT_EQ(calendar.open_between(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")),
            Hours(9));
  EXPECT_EQ(calendar.open_between(at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")),
            Hours(7));
  EXPECT_EQ(calendar.open_between(at("2026-06-01T12:00:00Z"), at("2026-06-02T12:00:00Z")),
            Hours(8));
}

TEST(Calendar, GivesAnIntervalToTheDateOnWhichItOpens) {
  model::CalendarSpec spec = every_day("Europe/Helsinki", {hours(22, 6)});
  spec.exceptions.push_back({{2026, 6, 2}, std::vector<model::DayInterval>{}, "", "closed"});
  const Calendar calendar = make_calendar(spec);
  EXPECT_TRUE(
      calendar.is_open(at("2026-06-02T05:59:00+03:00")));  // the tail of the night before stays
  EXPECT_FALSE(calendar.is_open(at("2026-06-02T23:00:00+03:00")));  // its own evening goes …
  EXPECT_FALSE(calendar.is_open(at("2026-06-03T03:00:00+03:00")));  // … and so does the tail of it
  EXPECT_TRUE(calendar.is_open(at("2026-06-03T22:00:00+03:00")));
  EXPECT_FALSE(calendar.is_open(at("2026-06-04T06:00:00+03:00")));  // half-open
}

TEST(Calendar, JoinsIntervalsThatOverlap) {
  const Calendar calendar =
      make_calendar(every_day("UTC", {hours(8, 12), hours(10, 14), hours(14, 15), hours(20, 9)}));
  EXPECT_EQ(calendar.open_between(at("2026-06-02T00:00:00Z"), at("2026-06-03T00:00:00Z")),
            Hours(19));
}

TEST(Calendar, KnowsTheClassOfADate) {
  model::CalendarSpec spec = every_day("Europe/Helsinki", {hours(9, 16)});
  spec.week[5].day_class = "weekend";
  spec.exceptions.push_back({{2026, 5, 29}, std::nullopt, "payday", ""});
  spec.exceptions.push_back({{2026, 5, 30}, std::vector<model::DayInterval>{}, "", ""});
  spec.exceptions.push_back({{2026, 6, 6}, std::nullopt, "holiday", ""});
  const Calendar calendar = make_calendar(spec);
  EXPECT_EQ(calendar.day_class({2026, 5, 28}), "");
  EXPECT_EQ(calendar.day_class({2026, 5, 29}), "payday");
  EXPECT_EQ(calendar.day_class({2026, 5, 30}), "weekend");
  EXPECT_EQ(calendar.day_class({2026, 6, 6}), "holiday");
  EXPECT_TRUE(calendar.is_business_day({2026, 5, 29}));
  EXPECT_FALSE(calendar.is_business_day({2026, 5, 30}));
}

TEST(Calendar, ThatNeverOpensHasNoDeadline) {
  model::CalendarSpec spec;
  spec.timezone = "UTC";
  spec.exceptions.push_back({{2031, 1, 1}, std::vector<model::DayInterval>{hours(9, 10)}, "", ""});
  const Calendar calendar = make_calendar(spec);
  EXPECT_EQ(calendar.add_open(at("2026-01-01T00:00:00Z"), minutes(1)), std::nullopt);
  EXPECT_EQ(calendar.next_open(at("2026-01-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(calendar.next_open(at("2027-06-01T00:00:00Z")), at("2031-01-01T09:00:00Z"));
  EXPECT_EQ(calendar.next_open(at("2031-01-01T10:00:00Z")), std::nullopt);
  EXPECT_EQ(end_of_nth_day(calendar.zone(), &calendar, at("2026-01-01T00:00:00Z"), 1,
                           Limit::Unit::business_days),
            std::nullopt);
}

TEST(Calendar, IsClosedBeyondItsYears) {
  const Calendar calendar = make_calendar(every_day("UTC", {hours(0, 24)}));
  EXPECT_EQ(calendar.open_between(model::kBeginningOfTime, at("1970-01-01T01:00:00Z")), Hours(1));
  EXPECT_EQ(calendar.open_between(at("2100-12-31T23:00:00Z"), model::kEndOfTime), Hours(1));
  EXPECT_EQ(calendar.next_open(at("1969-01-01T00:00:00Z")), at("1970-01-01T00:00:00Z"));
  EXPECT_EQ(calendar.next_open(model::kBeginningOfTime), std::nullopt);
  EXPECT_EQ(calendar.next_open(model::kEndOfTime), std::nullopt);
  EXPECT_EQ(calendar.add_open(at("2100-12-31T23:00:00Z"), Hours(2)), std::nullopt);
  EXPECT_FALSE(calendar.is_open(model::kEndOfTime));
}

TEST(Deadline, InBusinessDaysIsTheEndOfTheNth) {
  model::CalendarSpec spec;
  spec.timezone = "Europe/London";
  for (size_t day = 0; day < 5; ++day) spec.week[day].intervals = {hours(9, 17)};
  const Calendar calendar = make_calendar(spec);
  const auto due = [&](std::string_view start, int days) {
    return end_of_nth_day(calendar.zone(), &calendar, at(start), days, Limit::Unit::business_days);
  };
  EXPECT_EQ(due("2026-01-05T09:30:00Z", 2), at("2026-01-08T00:00:00Z"));  // Monday: Wednesday 24:00
  EXPECT_EQ(due("2026-01-09T18:00:00Z", 1), at("2026-01-13T00:00:00Z"));  // Friday evening: Monday
  EXPECT_EQ(due("2026-03-27T12:00:00Z", 1),
            at("2026-03-30T23:00:00Z"));  // over the change to summer time
}

TEST(Deadline, InCalendarDaysKnowsDaysOfTwentyFiveHours) {
  const model::ZoneTable& helsinki = *find_built_in_zone("Europe/Helsinki");
  const auto due = [&](std::string_view start) {
    return end_of_nth_day(helsinki, nullptr, at(start), 1, Limit::Unit::calendar_days);
  };
  EXPECT_EQ(due("2026-10-24T23:59:59.999+03:00"), at("2026-10-26T00:00:00+02:00"));
  EXPECT_EQ(due("2026-10-24T00:00:00+03:00"), at("2026-10-26T00:00:00+02:00"));
  // Havana's clocks fall back from 01:00 to 00:00: the day before ends when midnight first comes.
  EXPECT_EQ(end_of_nth_day(*find_built_in_zone("America/Havana"), nullptr,
                           at("2026-10-30T12:00:00-04:00"), 1, Limit::Unit::calendar_days),
            at("2026-11-01T00:00:00-04:00"));
}

}  // namespace
}  // namespace lupaus::rules::calendar
