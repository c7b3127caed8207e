// What a verdict waits for: silent sources up to `hold`, those that are retired or never speak
// again, times that are lost, and a server that doubts its own clock.
#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using Silence = Promise::OnSilence;

BookPtr book(Silence on_silence = Silence::review, Duration hold = kDefaultHold) {
  PromiseForm form;
  form.on_silence = on_silence;
  form.hold = hold;
  return make_book({form}, {{"counter", {}}, {"kiosk", {}}});
}

void hear(World& world, const std::string& source, Duration at, uint64_t last = 1) {
  world.hear(source, last, World::at(at), World::at(at));
}

/// The kiosk issued, the counter is known and then silent; the server's clock goes to `until`.
World silent_counter(const BookPtr& book, Duration until) {
  World world(book);
  world.observe(event_of_a1("counter", "recalled", -1h), World::at(-1h));
  world.observe(event_of_a1("kiosk", "issued", 0s), World::at(0s));
  world.tick(World::at(until));
  return world;
}

// ---- silence
TEST(Silence, HoldsABreachUntilHoldHasPassed) {
  const Duration held_until = 15min + 1ms + 24h;
  World world = silent_counter(book(), held_until);
  EXPECT_EQ(world.all<Breached>().size(), 1u);
  EXPECT_TRUE(world.all<Confirmed>().empty());
  world.tick(World::at(held_until + 1ms));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  const auto confirmed = world.all<Confirmed>()[0];
  EXPECT_EQ(confirmed.cycle.verdict, Verdict::indeterminate);
  EXPECT_EQ(confirmed.cycle.reason(), "silence");
  EXPECT_TRUE(world.all<Owed>().empty());
}

TEST(Silence, IsOverWhenTheSourceSpeaks) {
  World world = silent_counter(book(), 24h);
  world.observe(event_of_a1("counter", "service_started", 14min), World::at(24h));
  hear(world, "kiosk", 24h);
  hear(world, "counter", 24h, 2);
  world.tick(World::at(72h));
  EXPECT_EQ(world.all<Retracted>().size(), 1u);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::kept);
}

TEST(Silence, IsNoneOfABacklogThatIsOlderThanHold) {
  for (const bool is_whole : {true, false}) {
    World world(book());
    world.observe(event_of_a1("counter", "recalled", -1h), World::at(-1h));
    world.tick(World::at(50h));
    world.observe(event_of_a1("kiosk", "issued", 0s), World::at(50h));
    world.tick(World::at(50h + 15min - 1ms));
    EXPECT_TRUE(world.all<Confirmed>().empty()) << "nobody has waited for the counter yet";
    if (is_whole) {
      world.observe(event_of_a1("counter", "service_started", 5min), World::at(50h + 14min));
      hear(world, "kiosk", 50h + 14min);
      hear(world, "counter", 50h + 14min, 2);
    }
    world.tick(World::at(50h + 15min));
    ASSERT_EQ(world.all<Confirmed>().size(), 1u);
    EXPECT_EQ(world.commitment("A1").cycle.verdict,
              is_whole ? Verdict::kept : Verdict::indeterminate);
  }
}

TEST(Silence, IsWaitedForAnewWhenAnEventThatMovesNoClockComes) {
  for (const Duration hold : {Duration(1h), Duration(5min)}) {
    World world = silent_counter(book(Silence::review, hold), 16min);
    const Duration heard = 15min + hold - 2min;
    world.observe(event_of_a1("kiosk", "recalled", heard), World::at(heard));
    const Duration waits = std::min(hold, Duration(15min));
    world.tick(World::at(heard + waits - 1ms));
    EXPECT_TRUE(world.all<Confirmed>().empty()) << "the counter may be on its way back";
    world.tick(World::at(heard + waits));
    EXPECT_EQ(world.all<Confirmed>().size(), 1u) << "who is held is decided in the end";
  }
}

TEST(Silence, MayFavourTheCustomer) {
  World world = silent_counter(book(Silence::favour_customer, 1h), 15min + 1h + 2ms);
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict, Verdict::breached);
  EXPECT_TRUE(world.all<Owed>().empty()) << "the clock runs, its lateness with it";
  world.tick(World::at(24h + 1h + 1ms));
  ASSERT_EQ(world.all<Ended>().size(), 1u) << "it expired, and nothing else came";
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held) << "expired: review";
}

TEST(Silence, LeavesAKeptPromiseToAPersonToo) {
  for (const auto on_silence : {Silence::review, Silence::favour_customer}) {
    World world = silent_counter(book(on_silence, 1h), 5min);
    world.observe(event_of_a1("kiosk", "service_started", 10min), World::at(10min));
    world.tick(World::at(1h + 10min));
    EXPECT_TRUE(world.all<Confirmed>().empty());
    world.tick(World::at(1h + 10min + 1ms));
    ASSERT_EQ(world.all<Confirmed>().size(), 1u);
    EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict,
              on_silence == Silence::review ? Verdict::indeterminate : Verdict::kept);
  }
}

/// The watermark has passed the stop, and only its turn to be decided has not come.
TEST(Silence, IsNoneOfWhatWasToldAndWaitsForItsTurn) {
  World world = silent_counter(book(Silence::review, 1h), 5min);
  world.observe(event_of_a1("kiosk", "service_started", 10min), World::at(10min));
  for (const auto& [source, last] : {std::pair{"kiosk", 2}, std::pair{"counter", 1}}) {
    const Hear told{source, 1, static_cast<uint64_t>(last), World::at(1h), false};
    ASSERT_TRUE(world.command(told, World::at(1h + 10min + 1ms)).ok());
  }
  world.tick(World::at(1h + 10min + 1ms));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict, Verdict::kept);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.reason(), "");
}

TEST(Silence, EndsAClockThatRunsByItsExpiryAndTheNextCycleIsItsOwn) {
  PromiseForm form;
  form.hold = 1h;
  form.tiers = {};
  form.within = 30h;  // an expiry comes first
  World world = silent_counter(make_book({form}, {{"counter", {}}, {"kiosk", {}}}), 24h + 30min);
  world.observe(event_of_a1("kiosk", "issued", 24h + 30min), World::at(24h + 30min));
  world.tick(World::at(25h + 1ms));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.stopped_at, World::at(24h));
  EXPECT_EQ(world.commitment("A1", 2).cycle.started_at, World::at(24h + 30min));
}

TEST(Silence, OfTheServerIsNotThatOfItsSources) {
  World before = silent_counter(book(), 1h);
  rules::ledger::State state;
  state.engine.begin_restore();
  for (const auto& fact : before.facts()) state.evolve(fact);
  const Instant back = World::at(30h);
  state.engine.finish_restore(back);
  EXPECT_EQ(state.engine.ticket(0).next_deadline, back + 15min);
}

// ---- sources that go
TEST(Retirement, LetsVerdictsGoOn) {
  World world = silent_counter(book(), 1h);
  hear(world, "kiosk", 1h);
  ASSERT_TRUE(world.all<Confirmed>().empty());
  EXPECT_FALSE(world.command(Retire{"counter", ""}, World::at(1h)).ok()) << "why?";
  EXPECT_FALSE(world.command(Retire{"nobody", "gone"}, World::at(1h)).ok());
  ASSERT_TRUE(world.command(Retire{"counter", "sold"}, World::at(1h)).ok());
  ASSERT_TRUE(world.command(Retire{"counter", "sold"}, World::at(1h)).ok()) << "and again";
  EXPECT_EQ(world.all<SourceRetired>().size(), 1u);
  hear(world, "kiosk", 1h + 1s);
  EXPECT_TRUE(world.commitment("A1").is_confirmed);
  EXPECT_EQ(world.state().engine.held_by("b", World::at(2h)).size(), 1u) << "the kiosk";
}

TEST(Retirement, EndsWithANewEpoch) {
  World world = silent_counter(book(), 1h);
  ASSERT_TRUE(world.command(Retire{"counter", "sold"}, World::at(1h)).ok());
  ASSERT_TRUE(world.command(Register{"counter", 1, 0, false}, World::at(2h)).ok());
  EXPECT_TRUE(world.state().engine.find_source("counter")->is_retired) << "the same box again";
  ASSERT_TRUE(world.command(Register{"counter", 0, 0, false}, World::at(2h)).ok());
  EXPECT_FALSE(world.state().engine.find_source("counter")->is_retired);
  hear(world, "kiosk", 3h);
  EXPECT_FALSE(world.commitment("A1").is_confirmed);
  EXPECT_EQ(world.state().engine.held_by("b", World::at(15min)).size(), 1u);
}

TEST(Source, ThatSendsNoHeartbeatsIsWaitedForOnlyWhereItIsDeclared) {
  for (const bool is_declared : {false, true}) {
    std::vector<DeclaredSource> sources;
    if (is_declared) sources = {{"button", {}}, {"kiosk", {}}};
    World world(make_book({PromiseForm{}}, sources));
    ASSERT_TRUE(world.command(Register{"button", 1, 0, false, true}, World::at(0s)).ok());
    std::vector<Attribute> none;
    const Event press{"button", 1, 1, "b", "B1", "called", "", World::at(0s), none};
    ASSERT_TRUE(world.command(Observe{&press, World::at(0s), false, false}, World::at(0s)).ok());
    world.observe(event_of_a1("kiosk", "issued", 1s), World::at(1s));
    world.tick(World::at(20min));
    hear(world, "kiosk", 20min);
    EXPECT_EQ(world.commitment("A1").is_confirmed, !is_declared);
  }
}

// ---- what is lost
TEST(Lost, TimesLeaveTheirVerdictsToAPerson) {
  struct Case {
    Duration start;
    bool hangs;
  };
  // The counter's last word is of 0:00, it comes back at 1:00 and goes on at 0:50.
  for (const auto& c :
       {Case{10min, true}, Case{49min, true}, Case{50min, false}, Case{2h, false}}) {
    World world(book());
    world.observe(event_of_a1("counter", "recalled", 0s), World::at(0s));
    world.observe(event_of_a1("kiosk", "issued", c.start), World::at(c.start));
    ASSERT_TRUE(world.command(Register{"counter", 1, 8, false}, World::at(1h)).ok());
    ASSERT_EQ(world.all<Lost>().size(), 1u);
    std::vector<Attribute> none;
    const Event next{"counter", 1, 8, "b", "B1", "recalled", "", World::at(50min), none};
    ASSERT_TRUE(world.command(Observe{&next, World::at(1h), false, false}, World::at(1h)).ok());
    world.tick(World::at(4h));
    hear(world, "kiosk", 4h);
    hear(world, "counter", 4h, 8);
    const auto cycle = world.commitment("A1").cycle;
    EXPECT_EQ(cycle.verdict, c.hangs ? Verdict::indeterminate : Verdict::breached)
        << c.start.count();
    EXPECT_EQ(cycle.reason(), c.hangs ? "lost" : "");
  }
}

TEST(Lost, IsRefusedWhereNoSourceCanBe) {
  World world = silent_counter(book(), 0s);
  EXPECT_FALSE(world.command(Register{"counter", 1, ~uint64_t{0}, false}, World::at(1h)).ok());
  EXPECT_TRUE(world.all<Lost>().empty());
}

// ---- clocks that are ahead
TEST(Heartbeat, OfTheFutureDecidesNothingBeforeItHasCome) {
  for (const Duration ahead : std::vector<Duration>{1s, 2min, 1h}) {
    World world = silent_counter(book(), 14min);
    const Instant now = World::at(14min);
    world.command(Hear{"kiosk", 1, 1, now + ahead, false}, now).ok();
    world.command(Hear{"counter", 1, 1, now + ahead, false}, now).ok();
    world.hear_all(now, now);
    EXPECT_TRUE(world.all<Confirmed>().empty());
    EXPECT_LE(world.state().engine.branch_watermark("b"), now);
  }
}

TEST(Clock, ThatTheServerDoubtsConfirmsNothing) {
  World world = silent_counter(book(Silence::review, 1h), 5min);
  const auto actor = std::make_shared<const Actor>();
  Facts facts;
  const auto step = [&](CommandBody body, Duration at) {
    return rules::ledger::step(world.state(), {World::at(at), actor, std::move(body), true}, facts);
  };
  ASSERT_TRUE(step(Due{0}, 20min).ok());
  ASSERT_EQ(facts.size(), 1u) << "what is due goes on";
  ASSERT_TRUE(step(Hear{"kiosk", 1, 1, World::at(20min), false}, 20min).ok());
  ASSERT_TRUE(step(Hear{"counter", 1, 1, World::at(20min), false}, 20min).ok());
  rules::ledger::settle_watermarks(world.state(), World::at(20min), facts, SIZE_MAX, true);
  ASSERT_TRUE(step(Due{0}, 30h).ok());
  EXPECT_FALSE(world.commitment("A1").is_confirmed);
  rules::ledger::settle_watermarks(world.state(), World::at(30h), facts);
  EXPECT_TRUE(world.commitment("A1").is_confirmed);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
}

}  // namespace
}  // namespace lupaus::tests
