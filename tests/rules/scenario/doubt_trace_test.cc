// What a story says of a verdict that was not proved: why, what a person made of it, what came
// late, and which clocks were wrong.
#include <gmock/gmock.h>

#include "rules/scenario/trace.h"
#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using testing::HasSubstr;
using testing::Not;

World world_of(PromiseForm form) {
  World world(make_book({form}, {{"counter", {}}, {"kiosk", {}}}));
  world.observe(event_of_a1("counter", "recalled", -1h), World::at(-1h));
  return world;
}

std::string story(const World& world, Duration now) {
  return rules::scenario::explain(world.state(), *world.state().engine.find_ticket("b", "A1"),
                                  World::at(now));
}

TEST(DoubtTrace, SaysThatASourceWasSilentAndWhatAPersonMadeOfIt) {
  PromiseForm form;
  form.hold = 1h;
  World world = world_of(form);
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.observe(event_of_a1("kiosk", "service_started", 20min), World::at(20min));
  world.tick(World::at(2h));
  const auto before = story(world, 2h);
  EXPECT_THAT(before, HasSubstr("11:00:00.000                    confirmed indeterminate: a source "
                                "was silent for as long as the promise waits\n"));
  EXPECT_THAT(before, Not(HasSubstr("decides")));
  ASSERT_TRUE(
      world
          .command(
              DecideReview{
                  {"b", "A1", "p15", 1, 1}, Verdict::breached, "the camera shows it", "cam-7"},
              World::at(3h))
          .ok());
  EXPECT_THAT(
      story(world, 3h),
      HasSubstr("12:00:00.000                    anna decides breached: the camera shows it "
                "(evidence: cam-7)\n"
                "12:00:00.000                    owed EUR 10.00 by voucher\n"));
}

TEST(DoubtTrace, SaysWhatCameAfterItWasFinal) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.hear_all(World::at(40min), World::at(40min));
  EXPECT_THAT(story(world, 40min), Not(HasSubstr("after it was final")));
  world.observe(event_of_a1("kiosk", "service_started", 5min), World::at(41min));
  EXPECT_THAT(story(world, 41min),
              HasSubstr("  events that came after it was final say kept; what is final stays\n"));
}

/// Excused by anna as `id` once it was final, by a book that pays by `instrument`.
std::string excused_story(const std::string& id, Instrument instrument) {
  PromiseForm form;
  form.instrument = instrument;
  auto book = std::make_shared<Book>(*make_book({form}));
  book->promises[0].excuses = {{"manual", nullptr, {}, 2, {}, {}},
                               {"alone", nullptr, {}, 1, {}, {}}};
  World world(book);
  world.observe(event_of_a1("counter", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("counter", "service_started", 20min), World::at(20min));
  world.hear_all(World::at(40min), World::at(40min));
  if (instrument == Instrument::webhook) {
    EXPECT_TRUE(world.command(Settle{1, Settle::Outcome::paid, "r", 1}, World::at(1h)).ok());
  }
  EXPECT_THAT(story(world, 1h), Not(HasSubstr("excused as")));
  const auto said =
      world.command(ExcuseBreach{{"b", "A1", "p15", 1, 1}, id, "seen"}, World::at(2h));
  EXPECT_TRUE(said.ok());
  return story(world, 3h);
}

TEST(DoubtTrace, SaysWhoExcusedItAndWhatBecameOfItsMoney) {
  EXPECT_THAT(excused_story("alone", Instrument::transfer),
              HasSubstr("  excused as alone by anna after it was final; EUR 10.00 is declined\n"));
  EXPECT_THAT(excused_story("manual", Instrument::transfer),
              HasSubstr("  excused as manual by anna after it was final, which takes more people "
                        "than that\n"));
  EXPECT_THAT(excused_story("alone", Instrument::webhook),
              HasSubstr("  excused as alone by anna after it was final; what was on its way or "
                        "paid stays\n"));
}

TEST(DoubtTrace, SaysWhichClockWasWrong) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "recalled", -40min), World::at(-30min));
  ASSERT_TRUE(world.command(EstimateSkew{"kiosk", 10min}, World::at(-30min)).ok());
  world.observe(event_of_a1("kiosk", "issued", -10min), World::at(1s));
  world.tick(World::at(14min));
  world.observe(event_of_a1("counter", "service_started", 14min), World::at(14min));
  world.hear("kiosk", 2, World::at(50min), World::at(1h));
  world.hear("counter", 2, World::at(1h), World::at(1h));
  const auto told = story(world, 1h);
  EXPECT_THAT(told, HasSubstr("kiosk said 08:50:00.000, its clock is 10:00.000 behind\n"));
  EXPECT_THAT(told, HasSubstr("confirmed indeterminate: a clock was wrong"));
}

}  // namespace
}  // namespace lupaus::tests
