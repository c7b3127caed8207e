// What money reads of a cycle: lateness, lengths, accrued time, dates, attributes (R18, R33, R42,
// R94).
#include "rules/engine/cycle_reading.h"

#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::engine::CycleReading;

Limit length(Duration duration) { return Limit{Limit::Unit::duration, duration, 0}; }
Limit business_days(int days) { return Limit{Limit::Unit::business_days, {}, days}; }

Tier tier(Limit over, std::string measure = "") {
  Tier tier;
  tier.over = over;
  tier.measure = std::move(measure);
  return tier;
}

/// The reading of cycle `number` of A1 once all is told.
struct Read {
  Read(World& told, uint32_t number = 1)
      : commitment(told.commitment("A1", number)),
        reading(told.state().engine,
                told.state().engine.ticket(*told.state().engine.find_ticket("b", "A1")),
                commitment) {}
  rules::engine::Commitment commitment;
  CycleReading reading;
};

PromiseForm measured(std::string measure) {
  PromiseForm form;
  form.measure = std::move(measure);
  return form;
}

BookPtr plain(const std::string& measure = "elapsed", bool is_inclusive = true) {
  auto form = measured(measure);
  form.is_inclusive = is_inclusive;
  return book_with([](Promise& promise) { promise.expire_after = 24h * 60; }, form);
}

OwnedEvent of_branch(OwnedEvent event) {
  event.ticket.clear();
  return event;
}

// R18.
TEST(Reading, LatenessIsCountedTimeOrTimeSinceTheDeadline) {
  World within(plain());
  play(within,
       {say("issued", 0s), say("away", 1min), say("back", 3min), say("service_started", 20min)});
  EXPECT_EQ(Read(within).reading.lateness(), Duration(18min));
  World by(book_with([](Promise& promise) {
    promise.within.clear();
    promise.by = Deadline{"promised_at", 0s, {}};
  }));
  play(by, {say("issued", 0s, {{"promised_at", instant_text(5min)}}), say("away", 6min),
            say("service_started", 20min)});
  const Read read(by);
  EXPECT_EQ(read.reading.lateness(), Duration(15min));
  EXPECT_EQ(read.reading.accrued(tier(length(0s))), Duration(15min));
  EXPECT_EQ(read.reading.accrued(tier(length(10min), "hours")), Duration(5min))
      << "R42: with by always elapsed";
  EXPECT_EQ(read.reading.accrued(tier(length(15min))), Duration(0)) << "reached, not passed";
}

// R42: pauses between `over` and the end do not accrue, those before `over` move it.
TEST(Reading, AccruesFromOverLessPauses) {
  World world(plain());
  play(world, {say("issued", 0s), say("away", 10min), say("back", 15min), say("parked", 40min),
               say("unparked", 50min), say("service_started", 70min)});
  const Read read(world);
  EXPECT_EQ(read.reading.lateness(), Duration(55min));
  EXPECT_EQ(read.reading.accrued(tier(length(30min))), Duration(25min));
  EXPECT_EQ(read.reading.accrued(tier(length(30min), "elapsed")), Duration(25min));
  EXPECT_EQ(read.reading.accrued(tier(length(35min))), Duration(20min))
      << "over is reached when the pause begins";
  EXPECT_EQ(read.reading.accrued(tier(length(55min))), Duration(0));
}

// R42: over is in the clock's measure, the tier's measure only counts from there.
TEST(Reading, OfATierWithItsOwnMeasure) {
  World world(plain("hours"));
  // Monday 09:00 to Tuesday 09:00 local: 3 h, then 4 h 30, then 1 h open; closed 10:00-10:30.
  play(world, {say("issued", 0s), of_branch(say("branch_closed", 1h)),
               of_branch(say("branch_opened", 1h + 30min)), of_branch(say("branch_closed", 5h)),
               of_branch(say("branch_opened", 6h)), say("service_started", 24h)});
  const Read read(world);
  EXPECT_EQ(read.reading.lateness(), Duration(7h));
  EXPECT_EQ(read.reading.accrued(tier(length(2h))), Duration(5h));
  EXPECT_EQ(read.reading.accrued(tier(length(2h), "elapsed")), Duration(20h + 30min))
      << "from 11:30, less the closing after it";
  EXPECT_EQ(read.reading.accrued(tier(length(2h), "branch")), Duration(5h));
  // 2 h 30 of counted time are over at noon, and the first instant is the one that counts.
  EXPECT_EQ(read.reading.accrued(tier(length(2h + 30min), "elapsed")), Duration(20h));
}

TEST(Reading, OfAnElapsedClockByACalendar) {
  World world(plain());
  play(world,
       {say("issued", 0s), of_branch(say("branch_closed", 1h)), say("service_started", 24h)});
  const Read read(world);
  EXPECT_EQ(read.reading.accrued(tier(length(2h), "hours")), Duration(1h + 4h + 30min + 1h))
      << "unplanned closings touch calendar clocks alone";
}

// R41: what `exclusive` reaches at the boundary itself has accrued nothing yet.
TEST(Reading, ReachesAtTheBoundaryAsThePromiseSays) {
  for (const bool is_inclusive : {true, false}) {
    World world(plain("elapsed", is_inclusive));
    play(world, {say("issued", 0s), say("service_started", 39h)});
    const Read read(world);
    EXPECT_EQ(read.reading.accrued(tier(length(39h))), Duration(0));
    // 39 h after Monday 09:00 local it is Wednesday 00:00, and no date but with `exclusive` begins.
    EXPECT_EQ(read.reading.dates_begun(tier(length(39h))), is_inclusive ? 0 : 1);
    EXPECT_EQ(read.reading.dates_begun(tier(length(38h))), is_inclusive ? 1 : 2);
  }
}

// Case 14: reported on Monday, two working days, fixed on Thursday: one date begun.
TEST(Reading, CountsLocalDatesBegun) {
  World world(plain("hours"));
  play(world, {say("issued", 0s), say("service_started", 24h * 3 + 1h)}, 24h * 5);
  const Read read(world);
  EXPECT_EQ(read.reading.length(business_days(2)), Duration(3h + 4h + 30min + 2 * (8h + 30min)));
  EXPECT_EQ(read.reading.dates_begun(tier(business_days(2), "elapsed")), 2)
      << "the limit is over when Wednesday closes: that day has begun";
  World elapsed(plain());
  play(elapsed, {say("issued", 0s), say("service_started", 24h * 3 + 1h)}, 24h * 5);
  const Read other(elapsed);
  EXPECT_EQ(other.reading.length(business_days(2)), Duration(63h));
  EXPECT_EQ(other.reading.dates_begun(tier(business_days(2))), 1);
  EXPECT_EQ(other.reading.dates_begun(tier(length(62h))), 2);
  EXPECT_EQ(other.reading.dates_begun(tier(length(24h * 10))), 0) << "not reached";
}

// R42: less pauses.
TEST(Reading, CountsNoDateOnWhichTheClockStoodStill) {
  for (const bool is_inclusive : {true, false}) {
    World world(plain("elapsed", is_inclusive));
    play(world,
         {say("issued", 0s), say("parked", 24h), say("unparked", 72h), say("service_started", 75h)},
         24h * 5);
    const Read read(world);
    // Monday 09:00 to Tuesday 09:00, Thursday 09:00 to 12:00.
    EXPECT_EQ(read.reading.dates_begun(tier(length(1h))), 3) << is_inclusive;
  }
}

// R13, R94.
TEST(Reading, KnowsAttributesAsCapturedAndAsSettled) {
  World world(plain());
  play(world, {say("called", -1h, {{"customer", "x"}}), say("issued", 0s, {{"service", "cash"}}),
               say("called", 5min, {{"service", "loan"}, {"cause", "none"}}),
               say("transferred", 10min), say("service_started", 20min, {{"cause", "late"}}),
               say("service_ended", 21min, {{"service", "none"}, {"cause", "after"}})});
  const Read first(world, 1);
  EXPECT_EQ(first.reading.attribute("customer", false), "x");
  EXPECT_EQ(first.reading.attribute("service", false), "cash");
  EXPECT_EQ(first.reading.attribute("service", true), "loan");
  EXPECT_EQ(first.reading.attribute("cause", false), std::nullopt);
  const Read second(world, 2);
  EXPECT_EQ(second.reading.attribute("service", false), "loan") << "captured anew at the restart";
  EXPECT_EQ(second.reading.attribute("cause", true), "late");
}

// A pause of the cycle before is not one of this cycle; nor what late evidence says after finality.
TEST(Reading, OfALaterCycleHasItsOwnPauses) {
  World world(plain());
  play(world, {say("issued", 0s), say("away", 5min), say("transferred", 10min), say("away", 40min),
               say("back", 45min), say("service_started", 60min)});
  const Read read(world, 2);
  EXPECT_EQ(read.reading.lateness(), Duration(45min));
  EXPECT_EQ(read.reading.accrued(tier(length(20min))), Duration(25min));
}

TEST(Reading, OfACycleThatExpired) {
  PromiseForm form;
  World world(make_book({form}));
  play(world, {say("issued", 0s), say("away", 1h), say("back", 2h)});
  const Read read(world);
  EXPECT_EQ(read.commitment.cycle.stopped_at, World::at(24h));
  EXPECT_EQ(read.reading.accrued(tier(length(30min))), Duration(22h + 30min));
}

}  // namespace
}  // namespace lupaus::tests
