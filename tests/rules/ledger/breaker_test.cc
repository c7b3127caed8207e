// The payout breaker: what it counts, against a percentile taken by sorting, and what it holds.
#include "rules/ledger/breaker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::ledger::Breaker;
using rules::ledger::BreakerSettings;

/// Counts by hour from the first one on, the last being the hour asked about.
bool trips_naively(std::vector<uint32_t> hours, const BreakerSettings& settings) {
  const uint32_t count = hours.back() + 1;
  if (settings.fixed != 0 && count > settings.fixed) return true;
  hours.pop_back();
  if (hours.size() < 20 * 24 || count <= settings.count) return false;
  if (hours.size() >= Breaker::kHours)
    hours.erase(hours.begin(), hours.end() - static_cast<std::ptrdiff_t>(Breaker::kHours - 1));
  std::sort(hours.begin(), hours.end());
  const uint32_t habit = hours[(hours.size() * 95 + 99) / 100 - 1];
  return count > settings.factor * habit;
}

TEST(Breaker, IsThatOfASortedHabit) {
  const unsigned seed = std::random_device{}();
  std::mt19937_64 random(seed);
  size_t tripped = 0;
  for (int round = 0; round < 400; ++round) {
    const BreakerSettings settings{
        static_cast<uint32_t>(1 + random() % 12), static_cast<uint32_t>(1 + random() % 5),
        random() % 3 == 0 ? static_cast<uint32_t>(5 + random() % 40) : 0};
    // Half of them about where a history is long enough.
    std::vector<uint32_t> hours(random() % 2 == 0 ? 1 + random() % 1'000 : 20 * 24 + random() % 3);
    const uint64_t most = 1 + random() % 12;
    for (auto& count : hours) count = static_cast<uint32_t>(random() % most);
    hours.front() += 1;  // the history begins with a payout
    hours.back() = static_cast<uint32_t>(random() % 60);
    std::vector<Instant> all;
    for (size_t hour = 0; hour < hours.size(); ++hour) {
      for (uint32_t i = 0; i < hours[hour]; ++i)
        all.push_back(World::at(std::chrono::hours(hour) + std::chrono::minutes(random() % 60)));
    }
    // WHY: restored rows come by number; a clock that was set back makes that another order.
    for (size_t i = 1; i < all.size(); ++i) {
      if (random() % 4 == 0) std::swap(all[i], all[i - 1]);
    }
    Breaker breaker;
    for (const Instant at : all) breaker.count("b", at);
    for (const Instant at : all) {  // given and taken
      breaker.count("b", at);
      breaker.uncount("b", at);
    }
    const Instant now = World::at(std::chrono::hours(hours.size() - 1) + 59min);
    const bool is_tripped = breaker.trips("b", now, settings);
    ASSERT_EQ(is_tripped, trips_naively(hours, settings))
        << "seed " << seed << ", round " << round << ", hours " << hours.size();
    tripped += is_tripped ? 1 : 0;
    EXPECT_FALSE(breaker.trips("other", now, {10, 5, 0}));
  }
  EXPECT_GT(tripped, 20u);
  EXPECT_LT(tripped, 380u);
}

/// As many tickets of one minute too late as `count`.
World world_that_owes(uint32_t fixed, int count, std::optional<int64_t> cap = std::nullopt) {
  PromiseForm form;
  form.customer_day_cap = cap;
  World world(make_book({form}));
  world.state().ledger.set_breaker({10, 5, fixed});
  for (int i = 0; i < count; ++i) {
    for (const auto& [type, offset] : {std::pair{"issued", 0min}, {"service_started", 16min}}) {
      OwnedEvent event;
      event.ticket = "A" + std::to_string(i);
      event.type = type;
      event.at = World::at(offset);
      event.attributes.push_back({"customer", "c-1"});
      world.observe(event, World::at(16min));
    }
  }
  world.hear_all(World::at(17min), World::at(17min));
  return world;
}

TEST(Breaker, HoldsMoneyAndNoVerdict) {
  World world = world_that_owes(2, 4);
  size_t held = 0;
  for (const Owed& owed : world.all<Owed>()) {
    if (owed.state != PaidState::held) continue;
    ++held;
    EXPECT_EQ(owed.reason, "breaker");
    EXPECT_EQ(owed.amount, money("EUR 10.00"));
  }
  EXPECT_EQ(held, 2u);
  EXPECT_EQ(world.all<Confirmed>().size(), 4u);
  for (const Confirmed& confirmed : world.all<Confirmed>())
    EXPECT_EQ(confirmed.cycle.verdict, Verdict::breached);
  rules::ledger::State replayed;  // which knows nothing of the settings
  for (const auto& fact : world.facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), world.state().hash());
}

TEST(Breaker, IsLetGoByAPersonUnderItsCaps) {
  World world = world_that_owes(1, 2, 1'500);
  const auto& held = *world.state().ledger.find(2);
  ASSERT_EQ(held.state, PaidState::held);
  ASSERT_EQ(world.state().ledger.caps().begin()->second.used_minor, 1'000)
      << "what is held uses nothing up (R48)";
  ASSERT_TRUE(
      world.command(DecideReview{held.key, Verdict::breached, "a bus came", ""}, World::at(1h))
          .ok());
  EXPECT_EQ(held.state, PaidState::owed);
  EXPECT_EQ(held.amount, money("EUR 5.00"));
}

TEST(Breaker, IsTheSameFromRows) {
  World world = world_that_owes(1, 6, 1'500);
  rules::ledger::Ledger restored;
  for (const auto& [number, c] : world.state().ledger.compensations()) restored.restore(c);
  for (uint32_t fixed = 1; fixed < 9; ++fixed) {
    const BreakerSettings settings{10, 5, fixed};
    EXPECT_EQ(restored.breaker().trips("b", World::at(20min), settings),
              world.state().ledger.breaker().trips("b", World::at(20min), settings));
  }
}

TEST(Breaker, CountsADebtOnceHoweverOftenItIsOwedAgain) {
  World world = world_that_owes(0, 2);
  ASSERT_TRUE(world.command(Settle{1, Settle::Outcome::failed, "r", 1}, World::at(18min)).ok());
  ASSERT_TRUE(
      world.command(DecidePayout{1, DecidePayout::Action::release, "again"}, World::at(19min))
          .ok());
  ASSERT_EQ(world.state().ledger.find(3)->reverses, 1u);
  const auto trips = [&](uint32_t fixed) {
    return world.state().ledger.breaker().trips("b", World::at(20min), {10, 5, fixed});
  };
  EXPECT_TRUE(trips(2)) << "one more makes three";
  EXPECT_FALSE(trips(3));
}

TEST(Breaker, HoldsOnlyWhatWouldGoOut) {
  World world = world_that_owes(1, 3, 1'000);
  const auto& ledger = world.state().ledger;
  EXPECT_EQ(ledger.find(1)->state, PaidState::owed);
  for (const uint64_t number : {2u, 3u})
    EXPECT_EQ(ledger.find(number)->state, PaidState::recorded) << "the cap left nothing of it";
}

}  // namespace
}  // namespace lupaus::tests
