// How clocks begin when several things happen at one instant.
#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

// R22, R24: expiry ends the clock in that instant, so a start there begins the next cycle.
TEST(Start, AtTheInstantOfAnExpiryBeginsTheNextCycle) {
  World world(make_book({PromiseForm{}}));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "issued", 24h), World::at(24h));
  world.observe(event_of_a1("kiosk", "service_started", 24h + 10min), World::at(24h + 10min));
  EXPECT_EQ(world.commitment("A1", 1).cycle.end, End::expired_review);
  EXPECT_EQ(world.commitment("A1", 1).cycle.stopped_at, World::at(24h));
  EXPECT_EQ(world.commitment("A1", 2).cycle.started_at, World::at(24h));
  EXPECT_EQ(world.commitment("A1", 2).cycle.verdict, Verdict::kept);
}

TEST(Start, AtTheInstantOfAnExpiryBeginsTheNextCycleAlsoWhenTheExpiryIsFinal) {
  World world(make_book({PromiseForm{}}));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "issued", 24h), World::at(24h));
  world.hear_all(World::at(25h), World::at(25h));
  EXPECT_TRUE(world.commitment("A1", 1).is_end_final);
  world.observe(event_of_a1("kiosk", "service_started", 26h), World::at(26h));
  EXPECT_EQ(world.commitment("A1", 2).cycle.verdict, Verdict::breached);
}

TEST(Start, AtTheInstantOfAnExpiryIsIgnoredWhileTheExpiryIsNotSure) {
  World world(make_book({PromiseForm{}}));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "issued", 24h), World::at(24h));
  EXPECT_FALSE(world.commitment("A1", 1).cycle.stopped_at);
}

// R8, R22: a stop just before counts when any of the starts is another source's; which of them has
// the smaller name is no reason.
TEST(Start, OfTwoSourcesAtOneInstantTakesAnEarlyStopOfEither) {
  for (const char* const stopper : {"counter", "kiosk"}) {
    World world(make_book({PromiseForm{}}));
    world.observe(event_of_a1(stopper, "service_started", -500ms), World::at(0s));
    world.observe(event_of_a1("counter", "issued", 0s), World::at(0s));
    world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
    EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::kept) << stopper;
    EXPECT_EQ(world.commitment("A1").cycle.stopped_at, World::at(0s)) << stopper;
  }
}

TEST(Start, IgnoresAnEarlyStopOfItsOwnSourceAndOneTooEarly) {
  for (const auto& [stopper, offset] :
       {std::pair{"kiosk", -500ms}, std::pair{"counter", -1001ms}}) {
    World world(make_book({PromiseForm{}}));
    world.observe(event_of_a1(stopper, "service_started", offset), World::at(0s));
    world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
    EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::open) << stopper;
  }
}

}  // namespace
}  // namespace lupaus::tests
