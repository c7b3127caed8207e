// Breaches that are not owed: declared reasons over branch and ticket attributes (R55, R93).
#include <gtest/gtest.h>

#include "tests/rules/engine/promise_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

Excuse excuse(std::string id, ConditionPtr when) {
  Excuse excuse;
  excuse.id = std::move(id);
  excuse.when = std::move(when);
  return excuse;
}

BookPtr book(std::vector<DeclaredSource> sources = {}, bool is_settled_at_breach = false) {
  return book_with(
      [&](Promise& promise) {
        promise.excuses = {excuse("by_hand", nullptr),
                           excuse("strike", is(Of::branch, "incident", "strike")),
                           excuse("majeure", is(Of::ticket, "cause", "majeure"))};
        promise.compensation->is_settled_at_breach = is_settled_at_breach;
      },
      {}, std::move(sources));
}

constexpr int kStrike = 1, kMajeure = 2;

struct Case {
  std::string name;
  std::vector<OwnedEvent> events;
  int excuse;  ///< -1: breached
};

class Excused : public testing::TestWithParam<Case> {};

// Whatever the order in which the source's events come, live and with complete knowledge.
TEST_P(Excused, AsTheRulingsSay) {
  const auto& c = GetParam();
  World world(book());
  play(world, c.events);
  const auto commitment = world.commitment("A1");
  const Verdict wanted = c.excuse < 0 ? Verdict::breached : Verdict::excused;
  EXPECT_EQ(commitment.cycle.excuse, c.excuse);
  EXPECT_EQ(commitment.cycle.verdict, wanted);
  EXPECT_TRUE(commitment.cycle.is_broken) << "the breach stays a breach";
  EXPECT_EQ(commitment.cycle.due_at, World::at(15min));
  EXPECT_TRUE(commitment.is_confirmed && commitment.is_end_final);
  EXPECT_EQ(commitment.breached_at, World::at(15min));
  EXPECT_EQ(world.all<Breached>().size(), 1u) << "provisional, whatever excuses it";
  EXPECT_EQ(world.all<Owed>().size(), c.excuse < 0 ? 1u : 0u);

  World told(book());
  for (auto event = c.events.rbegin(); event != c.events.rend(); ++event)
    told.observe(*event, World::at(30h));
  told.hear_all(World::at(40h), World::at(40h));
  const auto all = cycles(told, World::at(40h));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].cycle, commitment.cycle) << "a backtest says the same";
}

INSTANTIATE_TEST_SUITE_P(
    Rulings, Excused,
    testing::Values(
        Case{"NothingSaid", {say("issued", 0s), say("service_started", 20min)}, -1},
        Case{"BeforeTheStartAndStill",
             {say_of_branch(-1h, "strike"), say("issued", 0s), say("service_started", 20min)},
             kStrike},
        Case{"OverBeforeTheStart",
             {say_of_branch(-1h, "strike"), say_of_branch(-1min, "none"), say("issued", 0s),
              say("service_started", 20min)},
             -1},
        Case{"OverAtTheStart",
             {say_of_branch(-1h, "strike"), say_of_branch(0s, "none"), say("issued", 0s),
              say("service_started", 20min)},
             -1},
        Case{"ForAMomentBetween",
             {say("issued", 0s), say_of_branch(5min, "strike"), say_of_branch(5min + 1ms, "none"),
              say("service_started", 20min)},
             kStrike},
        Case{"ReplacedAtItsInstant",
             {say("issued", 0s), say_of_branch(5min, "strike", "a"),
              say_of_branch(5min, "none", "b"), say("service_started", 20min)},
             -1},
        Case{"AtTheBreach",
             {say("issued", 0s), say_of_branch(15min, "strike"), say("service_started", 20min)},
             kStrike},
        Case{"AfterTheBreach",
             {say("issued", 0s), say_of_branch(15min + 1ms, "strike"),
              say("service_started", 20min)},
             -1},
        Case{"CauseFoundAfterTheBreach",
             {say("issued", 0s), say("called", 19min, {{"cause", "majeure"}}),
              say("service_started", 20min)},
             kMajeure},
        Case{"CauseSaidByTheStop",
             {say("issued", 0s), say("service_started", 20min, {{"cause", "majeure"}})},
             kMajeure},
        Case{"CauseTakenBack",
             {say("issued", 0s, {{"cause", "majeure"}}), say("called", 16min, {{"cause", "none"}}),
              say("service_started", 20min)},
             -1},
        Case{"CauseFoundAfterSettlement",
             {say("issued", 0s), say("service_started", 20min),
              say("service_ended", 20min + 1ms, {{"cause", "majeure"}})},
             -1},
        Case{"FirstOfTheList",
             {say("issued", 0s, {{"cause", "majeure"}}), say_of_branch(14min, "strike"),
              say("service_started", 20min)},
             kStrike}),
    [](const auto& test) { return test.param.name; });

TEST(Excuse, SaysNothingOfAKeptPromise) {
  World world(book());
  play(world, {say_of_branch(-1h, "strike"), say("issued", 0s), say("service_started", 15min)});
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::kept);
  EXPECT_EQ(world.commitment("A1").cycle.excuse, -1);
}

// Confirmed at the breach, excused by what is said before the end: `Ended` carries it.
TEST(Excuse, ThatAppearsAfterTheBreachIsFinalComesWithTheEnd) {
  World world(book());
  world.observe(say("issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.hear_all(World::at(16min), World::at(16min));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict, Verdict::breached);
  world.observe(say("called", 18min, {{"cause", "majeure"}}), World::at(18min));
  world.observe(say("service_started", 20min), World::at(20min));
  world.hear_all(World::at(21min), World::at(21min));
  ASSERT_EQ(world.all<Ended>().size(), 1u);
  EXPECT_EQ(world.all<Ended>()[0].cycle.verdict, Verdict::excused);
  EXPECT_EQ(world.all<Ended>()[0].cycle.excuse, kMajeure);
  EXPECT_TRUE(world.all<Owed>().empty());
}

// R93: what the ticket says is read at settlement. Nobody is told of an excuse before.
TEST(Excuse, OfAClockThatRunsIsNotFinal) {
  World world(book());
  play(world, {say("issued", 0s, {{"cause", "majeure"}})}, 16min);
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict, Verdict::breached);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
  world.observe(say("service_started", 20min, {{"cause", "none"}}), World::at(20min));
  world.hear_all(World::at(21min), World::at(21min));
  ASSERT_EQ(world.all<Ended>().size(), 1u);
  EXPECT_EQ(world.all<Ended>()[0].cycle.verdict, Verdict::breached);
  EXPECT_EQ(world.all<Owed>().size(), 1u);
}

// Evidence that comes after finality takes no excuse back, and pays nothing.
TEST(Excuse, ThatIsFinalStays) {
  World world(book());
  play(world, {say("issued", 0s, {{"cause", "majeure"}}), say("service_started", 20min)}, 21min);
  ASSERT_EQ(world.all<Ended>().size(), 1u);
  ASSERT_EQ(world.all<Ended>()[0].cycle.verdict, Verdict::excused);
  world.observe(say("called", 18min, {{"cause", "none"}}), World::at(22min));
  world.hear_all(World::at(23min), World::at(23min));
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::excused);
  EXPECT_TRUE(world.all<Owed>().empty());
  ASSERT_EQ(world.all<LateEvidence>().size(), 1u);
  EXPECT_EQ(world.all<LateEvidence>()[0].verdict, Verdict::breached);
}

// R93 with `settle: breach`: the ticket as at the breach.
TEST(Excuse, OfMoneySettledAtTheBreachReadsTheTicketThen) {
  for (const auto& [offset, wanted] :
       {std::pair{15min + 0ms, Verdict::excused}, std::pair{15min + 1ms, Verdict::breached}}) {
    World world(book({}, true));
    play(world, {say("issued", 0s), say("called", offset, {{"cause", "majeure"}}),
                 say("service_started", 20min)});
    EXPECT_EQ(world.commitment("A1").cycle.verdict, wanted) << offset.count();
  }
}

// A branch event is waited for as any deciding one: a late strike excuses what is not final.
TEST(Excuse, OfTheBranchThatComesLateIsWaitedFor) {
  World world(book({{"counter", {}}, {"office", {"incident"}}}));
  world.observe(say_of_branch(-1h, "none", "office"), World::at(-1h));
  world.observe(say("issued", 0s), World::at(0s));
  world.observe(say("service_started", 20min), World::at(20min));
  world.observe(say("called", 30min), World::at(30min));
  EXPECT_TRUE(world.all<Confirmed>().empty()) << "the office may still tell of an incident";
  world.observe(say_of_branch(10min, "strike", "office"), World::at(40min));
  world.hear_all(World::at(41min), World::at(41min));
  ASSERT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_EQ(world.all<Confirmed>()[0].cycle.verdict, Verdict::excused);
}

TEST(Excuse, SurvivesReplay) {
  World world(book());
  play(world, {say_of_branch(-1h, "strike"), say("issued", 0s), say("service_started", 20min)});
  rules::ledger::State again;
  for (const auto& fact : world.facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), world.state().hash());
}

}  // namespace
}  // namespace lupaus::tests
