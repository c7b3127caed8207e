// Verdicts, finality and money by `step`: the worked cases of the semantics and what disorder does
// to them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout

OwnedEvent event(std::string ticket, std::string type, Duration offset, std::string customer = "") {
  OwnedEvent e;
  e.ticket = std::move(ticket);
  e.type = std::move(type);
  e.at = World::at(offset);
  if (!customer.empty()) e.attributes.push_back({"customer", std::move(customer)});
  return e;
}

void play(World& world, const std::vector<OwnedEvent>& events, Duration until) {
  for (const auto& e : events) {
    world.tick(e.at);
    world.observe(e, e.at);
  }
  world.tick(World::at(until));
  world.hear_all(World::at(until), World::at(until));
}

struct Case {
  std::string name;
  std::vector<std::pair<std::string, Duration>> events;
  Verdict verdict;
  std::optional<int64_t> owed;
  Duration counted;
};

class WorkedCase : public testing::TestWithParam<Case> {};

TEST_P(WorkedCase, EndsAsTheSemanticsSay) {
  const auto& c = GetParam();
  World world(make_book({PromiseForm{}}));
  std::vector<OwnedEvent> events;
  for (const auto& [type, offset] : c.events) events.push_back(event("A1", type, offset));
  play(world, events, 2h);
  const auto commitment = world.commitment("A1");
  EXPECT_EQ(commitment.cycle.verdict, c.verdict);
  EXPECT_EQ(commitment.cycle.counted, c.counted);
  EXPECT_TRUE(commitment.is_confirmed && commitment.is_end_final);
  const auto owed = world.all<Owed>();
  ASSERT_EQ(owed.size(), c.owed ? 1u : 0u);
  if (c.owed) {
    EXPECT_EQ(owed[0].amount->minor, *c.owed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Semantics, WorkedCase,
    testing::Values(
        Case{"ServedAtTheLimit",
             {{"issued", 0s}, {"service_started", 15min}},
             Verdict::kept,
             {},
             15min},
        Case{"ServedOneMillisecondLate",
             {{"issued", 0s}, {"service_started", 15min + 1ms}},
             Verdict::breached,
             1000,
             15min + 1ms},
        Case{"ServedInTheSecondTier",
             {{"issued", 0s}, {"service_started", 31min}},
             Verdict::breached,
             2000,
             31min},
        Case{"AwayDoesNotCount",
             {{"issued", 0s},
              {"away", 4min + 10s},
              {"back", 6min + 10s},
              {"service_started", 17min}},
             Verdict::kept,
             {},
             15min},
        Case{"ServiceClosesAnOpenPause",
             {{"issued", 0s}, {"parked", 10min}, {"service_started", 40min}},
             Verdict::kept,
             {},
             10min},
        Case{"PausedAtTheLimitAndServedLater",
             {{"issued", 0s}, {"away", 15min}, {"service_started", 20min}},
             Verdict::kept,
             {},
             15min},
        Case{"CancelledInTime", {{"issued", 0s}, {"cancelled", 5min}}, Verdict::voided, {}, 5min},
        Case{"CancelledAfterTheBreachStaysBroken",
             {{"issued", 0s}, {"cancelled", 16min}},
             Verdict::breached,
             1000,
             16min},
        Case{"AwayBeforeIssuedDoesNotPause",
             {{"away", -1min}, {"issued", 0s}, {"service_started", 14min}},
             Verdict::kept,
             {},
             14min},
        Case{"StartAndStopAtOneInstant",
             {{"service_started", 0s}, {"issued", 0s}},
             Verdict::kept,
             {},
             0s}),
    [](const auto& test) { return test.param.name; });

TEST(Verdict, CaseFiveProjectsDueFromTheEnd) {
  World world(make_book({PromiseForm{}}));
  play(world,
       {event("A1", "issued", 0s), event("A1", "parked", 10min),
        event("A1", "service_started", 40min)},
       2h);
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(45min));
}

TEST(Verdict, CaseSixCountsOpeningHours) {
  PromiseForm form;
  form.measure = "hours";
  World world(make_book({form}));
  play(world, {event("A1", "issued", 2h + 55min)}, 2h + 56min);
  EXPECT_EQ(world.commitment("A1").cycle.due_at, World::at(4h + 40min));
}

TEST(Verdict, NoShowForfeitsTheMoneyOfABrokenPromise) {
  World world(make_book({PromiseForm{}}));
  play(world, {event("A1", "issued", 0s), event("A1", "no_show", 16min)}, 2h);
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::forfeited);
  EXPECT_FALSE(world.all<Owed>()[0].amount);
}

TEST(Verdict, RestartBeginsACycleOfItsOwn) {
  World world(make_book({PromiseForm{}}));
  play(world,
       {event("A1", "issued", 0s), event("A1", "transferred", 10min),
        event("A1", "service_started", 26min)},
       2h);
  EXPECT_EQ(world.commitment("A1", 1).cycle.verdict, Verdict::voided);
  EXPECT_EQ(world.commitment("A1", 1).cycle.reason(), "restarted");
  EXPECT_EQ(world.commitment("A1", 2).cycle.verdict, Verdict::breached);
  EXPECT_EQ(world.commitment("A1", 2).cycle.counted, 16min);
}

TEST(Verdict, RestartAfterTheFirstCycleIsFinalGoesOn) {
  World world(make_book({PromiseForm{}}));
  play(world, {event("A1", "issued", 0s), event("A1", "transferred", 10min)}, 12min);
  EXPECT_TRUE(world.commitment("A1", 1).is_end_final);
  play(world, {event("A1", "service_started", 24min), event("A1", "issued", 30min)}, 2h);
  EXPECT_EQ(world.commitment("A1", 2).cycle.verdict, Verdict::kept);
  EXPECT_EQ(world.commitment("A1", 2).cycle.counted, 14min);
  EXPECT_EQ(world.commitment("A1", 3).cycle.verdict, Verdict::breached);
}

TEST(Verdict, ExpiryNeedsTheWatermarkAndHoldsTheMoney) {
  World world(make_book({PromiseForm{}}));
  play(world, {event("A1", "issued", 0s)}, 24h);
  EXPECT_FALSE(world.commitment("A1").is_end_final);
  world.hear_all(World::at(24h + 1ms), World::at(24h + 1s));
  world.hear_all(World::at(24h + 2ms), World::at(24h + 1s));
  const auto commitment = world.commitment("A1");
  EXPECT_TRUE(commitment.is_end_final);
  EXPECT_EQ(commitment.cycle.stopped_at, World::at(24h));
  ASSERT_EQ(world.all<Owed>().size(), 1u);
  EXPECT_EQ(world.all<Owed>()[0].state, PaidState::held);
}

TEST(Finality, AProvisionalBreachIsRetractedByAStopThatComesLate) {
  World world(make_book({PromiseForm{}}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(15min));
  EXPECT_TRUE(world.all<Breached>().empty());
  world.tick(World::at(15min + 1ms));
  ASSERT_EQ(world.all<Breached>().size(), 1u);
  EXPECT_EQ(world.all<Breached>()[0].breached_at, World::at(15min));
  world.observe(event("A1", "service_started", 14min + 59s), World::at(21min));
  EXPECT_EQ(world.all<Retracted>().size(), 1u);
  world.hear_all(World::at(22min), World::at(22min));
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::kept);
  EXPECT_TRUE(world.commitment("A1").is_confirmed);
  EXPECT_TRUE(world.all<Owed>().empty());
}

TEST(Finality, TheWatermarkMustBeLaterThanTheFirstBreachingInstant) {
  World world(make_book({PromiseForm{}}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.hear_all(World::at(15min + 1ms), World::at(16min));
  EXPECT_TRUE(world.all<Confirmed>().empty());
  world.hear_all(World::at(15min + 2ms), World::at(16min));
  EXPECT_EQ(world.all<Confirmed>().size(), 1u);
  EXPECT_TRUE(world.all<Owed>().empty()) << "settle: end pays when the end is final too";
}

TEST(Finality, ASilentDeclaredSourceHoldsTheVerdictOfItsBranch) {
  World world(make_book({PromiseForm{}}, {{"kiosk", {"issued"}}, {"counter", {}}, {"other", {}}}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(16min));
  world.hear_all(World::at(1h), World::at(1h));
  EXPECT_EQ(world.all<Breached>().size(), 1u);
  EXPECT_TRUE(world.all<Confirmed>().empty()) << "`other` has not spoken";
}

TEST(Warning, ComesOnceForEachLineOfTheList) {
  PromiseForm form;
  form.warn = {5min, 2min};
  World world(make_book({form}));
  world.observe(event("A1", "issued", 0s), World::at(0s));
  world.tick(World::at(10min));
  world.tick(World::at(12min));
  ASSERT_EQ(world.all<Warned>().size(), 1u);
  world.tick(World::at(14min));
  ASSERT_EQ(world.all<Warned>().size(), 2u);
  EXPECT_EQ(world.all<Warned>()[1].warning, 1u);
  EXPECT_EQ(world.all<Warned>()[1].due_at, World::at(15min));
}

TEST(Money, ACapLeavesWhatIsLeftAndRecordsTheRest) {
  PromiseForm form;
  form.customer_day_cap = 2500;
  World world(make_book({form}));
  for (const char* ticket : {"A1", "A2", "A3"}) {
    play(world, {event(ticket, "issued", 0s, "c-1"), event(ticket, "service_started", 16min)},
         17min);
  }
  const auto owed = world.all<Owed>();
  ASSERT_EQ(owed.size(), 3u);
  EXPECT_EQ(owed[0].amount->minor + owed[1].amount->minor + owed[2].amount->minor, 2500);
  EXPECT_EQ(owed[2].amount->minor, 500);
  play(world, {event("A4", "issued", 30min, "c-1"), event("A4", "service_started", 50min)}, 1h);
  EXPECT_EQ(world.all<Owed>()[3].state, PaidState::recorded);
  EXPECT_FALSE(world.all<Owed>()[3].amount);
}

/// The final verdict does not depend on the order in which two sources' events arrive.
TEST(Disorder, NeverChangesAFinalVerdict) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int round = 0; round < 400; ++round) {
    std::vector<OwnedEvent> events;
    const char* const types[] = {"called",          "away",        "back",    "parked",
                                 "unparked",        "transferred", "no_show", "cancelled",
                                 "service_started", "issued"};
    events.push_back(event("A1", "issued", 0s));
    events.back().source = "kiosk";
    for (int i = 0; i < 6; ++i) {
      events.push_back(event("A1", types[random() % 10], std::chrono::seconds(random() % 2'400)));
      events.back().source = random() % 2 == 0 ? "kiosk" : "counter";
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    const auto verdicts = [&](bool is_kiosk_late) {
      World world(make_book({PromiseForm{}}, {{"kiosk", {}}, {"counter", {}}}));
      for (const bool is_late : {false, true}) {
        for (const auto& e : events) {
          if ((e.source == "kiosk") == (is_kiosk_late == is_late)) {
            if (!is_kiosk_late || is_late) world.tick(std::max(e.at, World::at(30min)));
            world.observe(e, World::at(1h));
          }
        }
      }
      world.hear_all(World::at(30h), World::at(30h));
      world.hear_all(World::at(30h) + 1ms, World::at(30h));
      std::string text;
      for (const auto& c : world.state().engine.ticket(0).commitments) {
        text += std::string(format_verdict(c.cycle.verdict)) + format_seconds(c.cycle.counted) +
                "|" + (c.is_confirmed && c.is_end_final ? "final " : "open ");
      }
      return text;
    };
    ASSERT_EQ(verdicts(false), verdicts(true)) << "seed " << seed << " round " << round;
  }
}

TEST(Replay, GivesTheStateThatLiveHas) {
  PromiseForm form;
  form.warn = {5min};
  form.customer_day_cap = 1500;
  World world(make_book({form}));
  for (int i = 0; i < 20; ++i) {
    const std::string ticket = "T" + std::to_string(i);
    play(world,
         {event(ticket, "issued", i * 1min, "c"),
          event(ticket, "service_started", i * 1min + (10 + i) * 1min)},
         i * 1min + 40min);
  }
  rules::ledger::State replayed;
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().hash());

  rules::ledger::State restored;
  restored.engine.begin_restore();
  for (const auto& fact : world.facts()) {
    if (std::holds_alternative<Published>(fact.body)) restored.evolve(fact);
  }
  for (const auto* source : world.state().engine.sources()) restored.engine.restore(*source);
  for (TicketSlot slot = 0; slot < world.state().engine.slot_count(); slot += 2) {
    rules::engine::TicketImage image;
    world.state().engine.image(slot, image);
    restored.engine.restore(image);
  }
  for (const auto& fact : world.facts()) restored.evolve(fact);
  restored.engine.finish_restore(World::at(2h));
  EXPECT_EQ(restored.engine.hash(), world.state().engine.hash())
      << "rows of half the tickets, then the whole tail";
}

}  // namespace
}  // namespace lupaus::tests
