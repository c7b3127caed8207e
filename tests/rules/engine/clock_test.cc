// The clock's rulings as a table: what happens to one ticket, and the cycles that it gives. Each
// case is told live, and once more backwards at the end, which must give the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

using Event = std::pair<std::string, Duration>;

struct Case {
  std::string name;
  std::vector<Event> events;
  std::vector<std::string> cycles;  ///< as `line` writes them
  Duration as_of = 40h;
  std::string measure = "elapsed";
  std::map<std::string, Effect> changed = {};
};

std::string since(std::optional<Instant> at) {
  return at ? format_duration(*at - World::at({})) : "never";
}

/// "kept 0s to 15m, counted 15m, due 15m, reason": instants are offsets from 09:00.
std::string line(const Cycle& cycle) {
  return fmt::format("{} {} to {}, counted {}, due {}{}{}", format_verdict(cycle.verdict),
                     since(cycle.started_at), since(cycle.stopped_at),
                     format_duration(cycle.counted), since(cycle.due_at),
                     cycle.reason().empty() ? "" : ", ", cycle.reason());
}

class Clock : public testing::TestWithParam<Case> {};

TEST_P(Clock, RunsAsTheRulingsSay) {
  const auto& c = GetParam();
  PromiseForm form;
  form.measure = c.measure;
  form.changed = c.changed;
  std::vector<OwnedEvent> events;
  for (const auto& [type, offset] : c.events) {
    events.push_back(say(type, offset));
    if (type.starts_with("branch_")) events.back().ticket.clear();
  }
  World forwards(make_book({form}));
  for (const auto& event : events) forwards.observe(event, std::max(event.at, World::at(0s)));
  forwards.tick(World::at(c.as_of));
  World backwards(make_book({form}));
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    // WHY: one source each, or its watermark would finalise what the others are still to tell.
    event->source = "source-" + std::to_string(events.rend() - event);
    backwards.observe(*event, World::at(c.as_of));
  }
  for (World* world : {&forwards, &backwards}) {
    std::vector<std::string> lines;
    for (const auto& commitment : cycles(*world, World::at(c.as_of)))
      lines.push_back(line(commitment.cycle));
    EXPECT_EQ(lines, c.cycles) << (world == &forwards ? "forwards" : "backwards");
  }
}

const Event kIssued{"issued", 0s};

INSTANTIATE_TEST_SUITE_P(
    R20CountedDecides, Clock,
    testing::Values(Case{"AwayAtTheLimit",
                         {kIssued, {"away", 15min}, {"service_started", 20min}},
                         {"kept 0s to 20m, counted 15m, due 15m"}},
                    Case{"DueAtClosingTime",
                         {{"issued", 2h + 45min}, {"service_started", 4h}},
                         {"kept 2h45m to 4h, counted 15m, due 3h"},
                         40h,
                         "hours"},
                    Case{"BrokenAfterLunch",
                         {{"issued", 2h + 45min}, {"service_started", 4h + 30min + 1ms}},
                         {"breached 2h45m to 4h30m0.001s, counted 15m0.001s, due 3h"},
                         40h,
                         "hours"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R21R22OneInstant, Clock,
    testing::Values(
        Case{"StopBeforeVoid",
             {kIssued, {"cancelled", 5min}, {"service_started", 5min}},
             {"kept 0s to 5m, counted 5m, due 15m"}},
        Case{"RestartBeforeVoid",
             {kIssued, {"cancelled", 5min}, {"transferred", 5min}, {"service_started", 7min}},
             {"void 0s to 5m, counted 5m, due 15m, restarted",
              "kept 5m to 7m, counted 2m, due 20m"}},
        Case{"StopBeforeRestart",
             {kIssued, {"transferred", 5min}, {"service_started", 5min}},
             {"kept 0s to 5m, counted 5m, due 15m"}},
        Case{"ForfeitBeforeReview",
             {kIssued, {"no_show", 5min}, {"recalled", 5min}},
             {"void 0s to 5m, counted 5m, due 15m, void"},
             40h,
             "elapsed",
             {{"recalled", Effect::review}}},
        Case{"ReviewOfAnUnbrokenClock",
             {kIssued, {"recalled", 5min}},
             {"indeterminate 0s to 5m, counted 5m, due 15m, review"},
             40h,
             "elapsed",
             {{"recalled", Effect::review}}},
        Case{"StartAndStop",
             {kIssued, {"service_started", 0s}},
             {"kept 0s to 0s, counted 0s, due 15m"}},
        Case{"PauseThenResume",
             {kIssued, {"back", 5min}, {"away", 5min}, {"service_started", 16min}},
             {"breached 0s to 16m, counted 16m, due 15m"}},
        Case{"StopThenTheNextStart",
             {kIssued, {"issued", 5min}, {"service_started", 5min}, {"left", 6min}},
             {"kept 0s to 5m, counted 5m, due 15m", "kept 5m to 6m, counted 1m, due 20m"}},
        Case{"EndAndPauseLeaveTheNextCycleRunning",
             {kIssued, {"issued", 5min}, {"service_started", 5min}, {"away", 5min}, {"left", 6min}},
             {"kept 0s to 5m, counted 5m, due 15m", "kept 5m to 6m, counted 1m, due 20m"}},
        Case{"RestartAndPauseLeaveItPaused",
             {kIssued, {"transferred", 5min}, {"away", 5min}, {"back", 7min}, {"left", 8min}},
             {"void 0s to 5m, counted 5m, due 15m, restarted",
              "kept 5m to 8m, counted 1m, due 22m"}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R23R25R38Pauses, Clock,
    testing::Values(
        Case{"RestartClosesThePause",
             {kIssued, {"away", 5min}, {"transferred", 10min}, {"service_started", 20min}},
             {"void 0s to 10m, counted 5m, due 20m, restarted",
              "kept 10m to 20m, counted 10m, due 25m"}},
        Case{"SecondPauseAndLoneResumeAreIgnored",
             {kIssued,
              {"back", 1min},
              {"away", 5min},
              {"away", 7min},
              {"back", 10min},
              {"back", 11min},
              {"service_started", 20min}},
             {"kept 0s to 20m, counted 15m, due 20m"}},
        Case{"AnyResumeEndsBoth",
             {kIssued,
              {"away", 5min},
              {"parked", 6min},
              {"back", 10min},
              {"service_started", 21min}},
             {"breached 0s to 21m, counted 16m, due 20m"}},
        Case{"PauseAndClosingsAreAUnion",
             {{"issued", 2h + 50min},
              {"away", 2h + 55min},
              {"branch_closed", 2h + 56min},
              {"back", 4h},
              {"branch_opened", 4h + 35min},
              {"service_started", 4h + 45min}},
             {"kept 2h50m to 4h45m, counted 15m, due 4h45m"},
             40h,
             "hours"},
        Case{"NothingActsBeforeTheStart",
             {{"away", -2min},
              {"transferred", -2min},
              {"cancelled", -2min},
              kIssued,
              {"service_started", 15min}},
             {"kept 0s to 15m, counted 15m, due 15m"}},
        Case{"StartWhileRunningIsIgnored",
             {kIssued, {"issued", 10min}, {"service_started", 16min}},
             {"breached 0s to 16m, counted 16m, due 15m"}},
        Case{"StopBeforeTheStartIsIgnored",
             {{"service_started", -1min}, kIssued, {"left", 15min}},
             {"kept 0s to 15m, counted 15m, due 15m"}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R24Expiry, Clock,
    testing::Values(Case{"PausesIncluded",
                         {kIssued, {"away", 1min}},
                         {"indeterminate 0s to 24h, counted 1m, due 24h14m, review"}},
                    Case{"NotBeforeItsInstantIsPast",
                         {kIssued},
                         {"breached 0s to never, counted 24h, due 15m"},
                         24h},
                    Case{"AStopAtItsInstantComesFirst",
                         {kIssued, {"service_started", 24h}},
                         {"breached 0s to 24h, counted 24h, due 15m"}},
                    Case{"OnceTheNextCycleRunsUntilItsOwn",
                         {kIssued, {"issued", 25h}, {"service_started", 25h + 1min}},
                         {"breached 0s to 24h, counted 24h, due 15m, review",
                          "kept 25h to 25h1m, counted 1m, due 25h15m"}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R26R27Due, Clock,
    testing::Values(
        Case{"ProjectedFromTheEndOfAPausedClock",
             {kIssued, {"parked", 10min}, {"service_started", 40min}},
             {"kept 0s to 40m, counted 10m, due 45m"}},
        Case{"ProjectedFromTheEndOfAClosedBranch",
             {kIssued, {"branch_closed", 10min}, {"service_started", 20min}},
             {"kept 0s to 20m, counted 10m, due 25m"},
             40h,
             "hours"},
        Case{"WhatComesAfterTheEndMovesNothing",
             {kIssued, {"service_started", 10min}, {"away", 11min}, {"branch_closed", 11min}},
             {"kept 0s to 10m, counted 10m, due 15m"},
             40h,
             "hours"},
        Case{"NoneWhilePaused",
             {kIssued, {"away", 5min}},
             {"open 0s to never, counted 5m, due never"},
             1h},
        Case{"ThatOfAReachedOneStays",
             {kIssued, {"away", 20min}},
             {"breached 0s to never, counted 20m, due 15m"},
             1h},
        Case{"NoneWhileTheBranchIsClosed",
             {kIssued, {"branch_closed", 5min}},
             {"open 0s to never, counted 5m, due never"},
             1h,
             "hours"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R28R29Ends, Clock,
    testing::Values(Case{"VoidOfABrokenClock",
                         {kIssued, {"cancelled", 16min}},
                         {"breached 0s to 16m, counted 16m, due 15m, void"}},
                    Case{"VoidOfAnUnbrokenClock",
                         {kIssued, {"cancelled", 15min}},
                         {"void 0s to 15m, counted 15m, due 15m, void"}},
                    Case{"RestartOfABrokenClock",
                         {kIssued, {"transferred", 16min}, {"service_started", 20min}},
                         {"breached 0s to 16m, counted 16m, due 15m, restarted",
                          "kept 16m to 20m, counted 4m, due 31m"}},
                    Case{"ReviewOfABrokenClock",
                         {kIssued, {"recalled", 16min}},
                         {"breached 0s to 16m, counted 16m, due 15m, review"},
                         40h,
                         "elapsed",
                         {{"recalled", Effect::review}}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    R35R39UnplannedClosing, Clock,
    testing::Values(
        Case{"ElapsedRunsOn",
             {kIssued,
              {"branch_closed", 5min},
              {"branch_opened", 10min},
              {"service_started", 16min}},
             {"breached 0s to 16m, counted 16m, due 15m"}},
        Case{"RepetitionIsIgnored",
             {kIssued,
              {"branch_opened", 1min},
              {"branch_closed", 5min},
              {"branch_closed", 7min},
              {"branch_opened", 10min},
              {"branch_opened", 12min},
              {"service_started", 20min}},
             {"kept 0s to 20m, counted 15m, due 20m"},
             40h,
             "hours"},
        Case{
            "ClosingThenOpeningAtOneInstant",
            {kIssued, {"branch_opened", 5min}, {"branch_closed", 5min}, {"service_started", 15min}},
            {"kept 0s to 15m, counted 15m, due 15m"},
            40h,
            "hours"},
        Case{"OpeningNeverOpensMoreThanTheCalendar",
             {{"issued", 2h + 55min},
              {"branch_closed", 3h + 1min},
              {"branch_opened", 3h + 10min},
              {"service_started", 4h + 40min}},
             {"kept 2h55m to 4h40m, counted 15m, due 4h40m"},
             40h,
             "hours"},
        Case{"MeasureBranchIsItsHours",
             {{"issued", 2h + 55min}, {"service_started", 4h + 40min}},
             {"kept 2h55m to 4h40m, counted 15m, due 4h40m"},
             40h,
             "branch"}),
    [](const auto& test) { return test.param.name; });

// R8 lies in start_test.cc; R29's money in ledger/verdict_test.cc and scenarios/clock-rules.

/// Before the deadline itself is served, which a busy server may do later.
TEST(Breach, IsRecordedWithTheEventThatShowsIt) {
  World world(make_book({PromiseForm{}}));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("counter", "service_started", 20min), World::at(20min));
  ASSERT_EQ(world.all<Breached>().size(), 1u);
  EXPECT_EQ(world.all<Breached>()[0].breached_at, World::at(15min));
  EXPECT_TRUE(world.all<Confirmed>().empty()) << "nobody has told everything yet";
}

TEST(Breach, IsRetractedWithTheEventThatShowsIt) {
  World world(make_book({PromiseForm{}}));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  ASSERT_EQ(world.all<Breached>().size(), 1u);
  world.observe(event_of_a1("counter", "service_started", 14min), World::at(17min));
  EXPECT_EQ(world.all<Retracted>().size(), 1u);
}

}  // namespace
}  // namespace lupaus::tests
