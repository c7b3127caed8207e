// What a story says of a verdict that was not proved: why, what a person made of it, what came
// late, and which clocks were wrong.
#include <gmock/gmock.h>

#include "rules/scenario/trace.h"
#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using testing::AllOf;
using testing::EndsWith;
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

// The breach is final when the stop says that there was none: nobody measured by how much it broke.
TEST(DoubtTrace, ShowsNoMeasurementWhereTheEndIsAssumed) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.hear_all(World::at(40min), World::at(40min));
  world.observe(event_of_a1("kiosk", "service_started", 5min), World::at(41min));
  world.hear_all(World::at(42min), World::at(42min));
  const auto told = story(world, 42min);
  EXPECT_THAT(told, HasSubstr("service_started   clock stops, after the breach was final (how late "
                              "is not known)\n"));
  EXPECT_THAT(told, HasSubstr("  counted at least 15:00.001, the least of a breach: it was final "
                              "before its end was told, and how late it was is not known\n"
                              "  the events known now give 05:00.000, no breach\n"));
  EXPECT_THAT(told, Not(HasSubstr("clock stops, counted")));
  EXPECT_THAT(told, Not(HasSubstr("beyond the limit")));
}

TEST(DoubtTrace, ShowsTheLeastBreachAsMeasuredWhereItWas) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "service_started", 15min + 1ms), World::at(16min));
  world.hear_all(World::at(40min), World::at(40min));
  const auto told = story(world, 42min);
  EXPECT_THAT(told, HasSubstr("clock stops, counted 15:00.001"));
  EXPECT_THAT(told, HasSubstr("  counted 15:00.001, 00:00.001 beyond the limit\n"));
  EXPECT_THAT(told, Not(HasSubstr("at least")));
}

// Nobody has said yet that it is a breach, and whoever decides is told what was measured.
TEST(DoubtTrace, ShowsWhatWasMeasuredWhereAPersonIsToDecide) {
  PromiseForm form;
  form.hold = 1h;
  World world = world_of(form);
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(2h));
  world.observe(event_of_a1("counter", "service_started", 5min), World::at(3h));
  world.hear_all(World::at(3h), World::at(3h));
  const auto told = story(world, 3h);
  EXPECT_THAT(told, HasSubstr("confirmed indeterminate"));
  EXPECT_THAT(told, HasSubstr("service_started   clock stops, counted 05:00.000\n"));
  EXPECT_THAT(told, HasSubstr("  counted 05:00.000, within the limit\n"));
  EXPECT_THAT(told, Not(HasSubstr("least of")));
  const DecideReview decision{{"b", "A1", "p15", 1, 1}, Verdict::breached, "she waited", ""};
  ASSERT_TRUE(world.command(decision, World::at(4h)).ok());
  EXPECT_THAT(story(world, 4h), AllOf(HasSubstr("  decided as a breach, it owes what the least of "
                                                "one does\n"),
                                      EndsWith("\nowed on this ticket: EUR 10.00\n")));
}

TEST(DoubtTrace, OwesNothingOfWhatWasDeclined) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("counter", "service_started", 20min), World::at(20min));
  world.hear_all(World::at(40min), World::at(40min));
  world.observe(event_of_a1("kiosk", "service_started", 5min), World::at(41min));
  EXPECT_THAT(story(world, 41min), EndsWith("\nowed on this ticket: EUR 10.00\n"));
  const DecideReview decision{{"b", "A1", "p15", 1, 1}, Verdict::kept, "the kiosk knew", ""};
  ASSERT_TRUE(world.command(decision, World::at(42min)).ok());
  const auto told = story(world, 43min);
  EXPECT_THAT(told, HasSubstr("owed EUR 10.00 by voucher (declined): the kiosk knew\n"));
  EXPECT_THAT(told, EndsWith("\nowed on this ticket: EUR 0.00\n"));
}

TEST(DoubtTrace, OwesNothingOfAnExpiredVoucher) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("counter", "service_started", 20min), World::at(20min));
  world.hear_all(World::at(40min), World::at(40min));
  auto& state = world.state();
  state.evolve(
      {state.next_position, World::at(1h), nullptr, VoucherIssued{1, "V-1", World::at(5h)}});
  Facts facts;
  rules::ledger::settle_overdue(state, World::at(6h), 10, facts);
  const auto told = story(world, 6h);
  EXPECT_THAT(told, HasSubstr("owed EUR 10.00 by voucher (declined): voucher expired\n"));
  EXPECT_THAT(told, EndsWith("\nowed on this ticket: EUR 0.00\n"));
}

TEST(DoubtTrace, TellsASecondDecisionApart) {
  PromiseForm form;
  form.hold = 3s;
  World world = world_of(form);
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  const auto decide = [&](Verdict verdict, const std::string& why, Duration when) {
    const DecideReview decision{{"b", "A1", "p15", 1, 1}, verdict, why, ""};
    return world.command(decision, World::at(when)).ok();
  };
  ASSERT_TRUE(decide(Verdict::breached, "she called us", 17min));
  world.observe(event_of_a1("counter", "service_started", 14min), World::at(20min));
  world.hear_all(World::at(21min), World::at(21min));
  ASSERT_TRUE(decide(Verdict::kept, "the counter knew", 22min));
  const auto told = story(world, 23min);
  EXPECT_THAT(told, HasSubstr("anna decides breached: she called us\n"));
  EXPECT_THAT(told, HasSubstr("anna decides kept: the counter knew, of its money alone\n"));
}

TEST(DoubtTrace, SaysWhoRetiredThePromiseWhenAndWhy) {
  World world = world_of({});
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  PromiseForm other;
  other.name = "q";
  Publish book{make_book({other}), World::at(10min), {"p15"}, "it pays too much"};
  ASSERT_TRUE(world.command(std::move(book), World::at(10min), "olga").ok());
  world.hear_all(World::at(40min), World::at(40min));
  const auto told = story(world, 42min);
  EXPECT_THAT(told, HasSubstr("09:10:00.000  retired           the promise is retired by olga: it "
                              "pays too much; clock ends without a verdict of its own (void), "
                              "counted 10:00.000\n"));
}

TEST(DoubtTrace, SaysNothingOfARetirementWhereAnEventEndedTheClock) {
  PromiseForm form;
  form.changed["cancelled"] = Effect::voided;
  World world = world_of(form);
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.observe(event_of_a1("kiosk", "cancelled", 10min), World::at(10min));
  PromiseForm other;
  other.name = "q";
  Publish book{make_book({other}), World::at(11min), {"p15"}, "it pays too much"};
  ASSERT_TRUE(world.command(std::move(book), World::at(11min), "olga").ok());
  world.hear_all(World::at(40min), World::at(40min));
  EXPECT_THAT(story(world, 42min), Not(HasSubstr("is retired")));
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
              AllOf(HasSubstr("  excused as alone by anna after it was final; EUR 10.00 is "
                              "declined\n"),
                    EndsWith("\nowed on this ticket: EUR 0.00\n")));
  EXPECT_THAT(excused_story("manual", Instrument::transfer),
              HasSubstr("  excused as manual by anna after it was final, which takes more people "
                        "than that\n"));
  EXPECT_THAT(excused_story("alone", Instrument::webhook),
              AllOf(HasSubstr("  excused as alone by anna after it was final; what was on its way "
                              "or paid stays\n"),
                    EndsWith("\nowed on this ticket: EUR 10.00\n")));
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
