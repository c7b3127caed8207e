// What a backtest keeps of a journal's facts: events, verdicts and sums up to an instant, and no
// more than fits.
#include "rules/scenario/history.h"

#include <gmock/gmock.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::scenario::History;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint64_t kRoom = 64 << 20;

OwnedEvent event(std::string ticket, std::string type, Duration offset) {
  OwnedEvent e;
  e.ticket = std::move(ticket);
  e.type = std::move(type);
  e.at = World::at(offset);
  return e;
}

/// A1 is served after 20 minutes, A2 after 5 of its own, A3, which starts an hour later, after 40.
World served() {
  World world(make_book({PromiseForm{}}));
  for (const auto& [ticket, start, wait] :
       {std::tuple("A1", 0min, 20min), std::tuple("A2", 21min, 5min),
        std::tuple("A3", 60min, 40min)}) {
    world.observe(event(ticket, "issued", start), World::at(start));
    world.tick(World::at(start + wait));
    world.observe(event(ticket, "service_started", start + wait), World::at(start + wait));
    world.hear_all(World::at(start + wait + 1s), World::at(start + wait + 1s));
  }
  return world;
}

/// "A1 breached EUR 10.00", in the order of keys.
std::vector<std::string> recorded(const History& history) {
  std::vector<std::string> lines;
  for (const auto& [key, today] : history.recorded().list()) {
    lines.push_back(key.ticket + " " + std::string(format_verdict(today.verdict)) +
                    (today.owed ? " " + format_money(*today.owed) : ""));
  }
  return lines;
}

/// Of the events that it kept; it can take no more then.
size_t kept_count(History& history) {
  EXPECT_TRUE(history.log().arrange().ok());
  return history.log().size();
}

TEST(History, KeepsEventsVerdictsAndSums) {
  const World world = served();
  History history(kRoom, std::nullopt);
  ASSERT_TRUE(history.take(world.facts()).ok());
  EXPECT_THAT(recorded(history),
              ElementsAre("A1 breached EUR 10.00", "A2 kept", "A3 breached EUR 20.00"));
  EXPECT_EQ(history.last_position(), world.facts().back().position);
  EXPECT_EQ(history.later_count(), 0u);
  EXPECT_EQ(kept_count(history), 6u);
}

TEST(History, TakenInPartsIsTheSame) {
  const World world = served();
  const std::span<const Fact> facts = world.facts();
  for (size_t cut = 1; cut < facts.size(); cut += 3) {
    History history(kRoom, std::nullopt);
    ASSERT_TRUE(history.take(facts.first(cut)).ok());
    EXPECT_EQ(history.last_position(), facts[cut - 1].position);
    ASSERT_TRUE(history.take(facts.subspan(cut)).ok());
    EXPECT_EQ(kept_count(history), 6u);
    EXPECT_EQ(recorded(history).size(), 3u);
  }
}

TEST(History, LeavesOutWhatLiesAfterTheInstantAsked) {
  const World world = served();
  History history(kRoom, World::at(30min));
  ASSERT_TRUE(history.take(world.facts()).ok());
  EXPECT_EQ(history.later_count(), 2u);
  EXPECT_EQ(kept_count(history), 4u);
  EXPECT_THAT(recorded(history), ElementsAre("A1 breached EUR 10.00", "A2 kept"));
  History before(kRoom, World::at(-1h));
  ASSERT_TRUE(before.take(world.facts()).ok());
  EXPECT_EQ(before.later_count(), 6u);
  EXPECT_TRUE(recorded(before).empty());
}

TEST(History, TakesTheEndOfABreachThatWasFinalBefore) {
  Cycle broken;
  broken.started_at = World::at(0s);
  broken.verdict = Verdict::breached;
  const CommitmentKey key{"b", "A1", "p15", 1, 1};
  Cycle ended = broken;
  ended.verdict = Verdict::excused;
  Owed owed;
  owed.number = 1;
  owed.key = key;
  owed.amount = parse_money("EUR 10.00").value();
  Owed late = owed;
  late.number = 2;
  late.late_of = 1;
  late.amount = parse_money("EUR 5.00").value();
  Owed unknown = owed;
  unknown.key.ticket = "A9";
  const Facts facts = {{1, {}, nullptr, Confirmed{key, broken, {}, "", ""}},
                       {2, {}, nullptr, owed},
                       {3, {}, nullptr, late},
                       {4, {}, nullptr, unknown}};
  History history(kRoom, std::nullopt);
  ASSERT_TRUE(history.take(facts).ok());
  EXPECT_THAT(recorded(history), ElementsAre("A1 breached EUR 10.00"))
      << "what lateness owes is no part of the breach, and A9 has no verdict";
  const Facts end = {{5, {}, nullptr, Ended{key, ended}}};
  ASSERT_TRUE(history.take(end).ok());
  EXPECT_THAT(recorded(history), ElementsAre(HasSubstr("A1 excused")));
}

TEST(History, RefusesMoreThanItMayKeep) {
  const World world = served();
  History history(1, std::nullopt);
  const auto taken = history.take(world.facts());
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, "too_much_history");
  EXPECT_THAT(taken.error().message, HasSubstr("6 events take"));
  EXPECT_THAT(taken.error().hint, HasSubstr("--as-of TIME"));
}

}  // namespace
}  // namespace lupaus::tests
