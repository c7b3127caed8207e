// Promises with a deadline that the ticket names: `by: ticket.promised_at` (R15-R19).
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using Why = rules::engine::Unbound::Why;

BookPtr book(Duration offset = 0s, bool is_inclusive = true) {
  PromiseForm form;
  form.is_inclusive = is_inclusive;
  return book_with(
      [&](Promise& promise) {
        promise.within.clear();
        promise.by = Deadline{"promised_at", offset, {}};
      },
      form);
}

OwnedEvent issued(Duration offset, std::optional<Duration> promised = {}) {
  if (!promised) return say("issued", offset);
  return say("issued", offset, {{"promised_at", instant_text(*promised)}});
}

TEST(Deadline, IsTheAttributeAsTheClockStarts) {
  World world(book(10min));
  play(world, {issued(0s, 20min), say("service_started", 30min)});
  const auto cycle = world.commitment("A1").cycle;
  EXPECT_EQ(cycle.due_at, World::at(30min)) << "by: ticket.promised_at + 10m";
  EXPECT_EQ(cycle.limit, Duration(30min)) << "from the start to the deadline";
  EXPECT_EQ(cycle.counted, Duration(30min));
  EXPECT_EQ(cycle.verdict, Verdict::kept);
}

TEST(Deadline, BreaksOneMillisecondLater) {
  World world(book());
  play(world, {issued(0s, 20min), say("service_started", 20min + 1ms)});
  const auto cycle = world.commitment("A1").cycle;
  EXPECT_EQ(cycle.verdict, Verdict::breached);
  EXPECT_EQ(cycle.due_at, World::at(20min));
  EXPECT_EQ(cycle.breaching_at, World::at(20min + 1ms));
  ASSERT_EQ(world.all<Breached>().size(), 1u);
  EXPECT_EQ(world.all<Breached>()[0].breached_at, World::at(20min));
}

// R15: all events of one instant are merged before anything is asked (R13).
TEST(Deadline, MayComeWithAnotherEventOfTheSameInstant) {
  World world(book());
  play(world,
       {issued(0s), say("called", 0s, {{"promised_at", instant_text(20min)}}, "a-later-source")});
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(20min));
}

// R15: a value that comes after the start binds nothing, a later start tries again.
TEST(Deadline, ThatNobodySentBindsNothing) {
  World world(book());
  world.observe(issued(0s), World::at(0s));
  world.observe(say("called", 1min, {{"promised_at", instant_text(20min)}}), World::at(1min));
  EXPECT_TRUE(cycles(world, World::at(2min)).empty());
  ASSERT_EQ(not_bound(world).size(), 1u);
  EXPECT_EQ(not_bound(world)[0].unbound.why, Why::no_deadline);
  EXPECT_EQ(not_bound(world)[0].unbound.at, World::at(0s));
  world.observe(issued(3min), World::at(3min));
  EXPECT_EQ(world.commitment("A1").cycle.started_at, World::at(3min));
  EXPECT_EQ(world.commitment("A1").number, 1u) << "what did not begin is not counted";
}

// R16.
TEST(Deadline, BeforeTheStartBeginsNoCycleAndAtTheStartDoes) {
  World late(book());
  play(late, {issued(20min + 1ms, 20min), say("service_started", 30min)});
  EXPECT_TRUE(cycles(late, World::at(1h)).empty());
  ASSERT_EQ(not_bound(late).size(), 1u);
  EXPECT_EQ(not_bound(late)[0].unbound.why, Why::deadline_passed);
  // R19.
  World just(book());
  play(just, {issued(20min, 20min), say("service_started", 20min)});
  EXPECT_EQ(just.commitment("A1").cycle.verdict, Verdict::kept);
  EXPECT_EQ(just.commitment("A1").cycle.limit, Duration(0));
}

// R16, R51: the restart reads the deadline again; one that has passed begins no further cycle.
TEST(Deadline, IsReadAgainAtARestart) {
  World world(book());
  play(world, {issued(0s, 20min), say("called", 5min, {{"promised_at", instant_text(40min)}}),
               say("transferred", 10min), say("service_started", 40min)});
  EXPECT_EQ(world.commitment("A1", 1).cycle.verdict, Verdict::voided);
  EXPECT_EQ(world.commitment("A1", 1).cycle.due_at, World::at(20min)) << "as captured at its start";
  EXPECT_EQ(world.commitment("A1", 2).cycle.due_at, World::at(40min));
  EXPECT_EQ(world.commitment("A1", 2).cycle.verdict, Verdict::kept);
}

TEST(Deadline, ThatHasPassedAtARestartPaysOnce) {
  World world(book());
  play(world, {issued(0s, 20min), say("transferred", 25min), say("service_started", 90min)});
  const auto all = cycles(world, World::at(2h));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].cycle.verdict, Verdict::breached) << "R28: broken when the restart came";
  EXPECT_EQ(all[0].cycle.end, End::restart);
  EXPECT_EQ(world.all<Confirmed>().size(), 1u);
  ASSERT_EQ(not_bound(world).size(), 1u);
  EXPECT_EQ(not_bound(world)[0].unbound.at, World::at(25min));
}

// R17, R35.
TEST(Deadline, WaitsForNoPauseAndNoClosing) {
  World world(book());
  auto closed = say("branch_closed", 6min);
  closed.ticket.clear();
  play(world, {issued(0s, 20min), say("away", 5min), closed, say("back", 15min),
               say("parked", 18min), say("service_started", 25min)});
  const auto cycle = world.commitment("A1").cycle;
  EXPECT_EQ(cycle.due_at, World::at(20min));
  EXPECT_EQ(cycle.counted, Duration(25min)) << "elapsed from the start to the end";
  EXPECT_EQ(cycle.verdict, Verdict::breached);
}

TEST(Deadline, OfAPausedOpenClockIsInSight) {
  World world(book());
  world.observe(issued(0s, 20min), World::at(0s));
  world.observe(say("away", 5min), World::at(5min));
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(20min)) << "R27 is for pauses";
}

TEST(Deadline, ExclusiveIsBrokenAtItsInstant) {
  World world(book(0s, false));
  play(world, {issued(0s, 20min), say("service_started", 20min)});
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
}

}  // namespace
}  // namespace lupaus::tests
