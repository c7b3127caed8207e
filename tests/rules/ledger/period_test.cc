// Months of the books: closed once, in order, when they are over.
#include <gtest/gtest.h>

#include "rules/ledger/periods.h"
#include "tests/rules/engine/promise_world.h"
#include "tests/rules/ledger/given.h"

namespace lupaus::tests {
namespace {

using namespace rules::model;  // NOLINT: tests speak the model's words throughout

Instant instant(std::string_view text) { return *parse_instant(text); }

std::string close(World& world, const std::string& month, std::string_view now) {
  const auto closed = world.command(ClosePeriod{month}, instant(now));
  return closed.ok() ? "" : closed.error().code;
}

TEST(Period, IsClosedOnceInOrderWhenItIsOver) {
  World world(make_book({PromiseForm{}}));
  constexpr std::string_view kMarch = "2026-03-01T00:00:00Z";
  EXPECT_EQ(close(world, "2026-13", kMarch), "bad_month");
  EXPECT_EQ(close(world, "2026-1", kMarch), "bad_month");
  EXPECT_EQ(close(world, "2026-01-01", kMarch), "bad_month");
  EXPECT_EQ(close(world, "2026-03", kMarch), "wrong_state");
  EXPECT_EQ(close(world, "2026-02", "2026-02-28T23:59:59.999Z"), "wrong_state");
  EXPECT_EQ(close(world, "2025-12", kMarch), "");
  EXPECT_EQ(close(world, "2025-12", kMarch), "wrong_state") << "once";
  EXPECT_EQ(close(world, "2026-02", kMarch), "wrong_state") << "January comes first";
  EXPECT_EQ(close(world, "2026-01", kMarch), "");
  EXPECT_EQ(close(world, "2026-02", kMarch), "");
  ASSERT_EQ(world.state().ledger.periods().size(), 3u);
  EXPECT_EQ(world.state().ledger.periods().at("2026-01").closed_by.id, "anna");
  Facts facts;
  const auto nobody = rules::ledger::step(
      world.state(), Command{instant("2026-04-01T00:00:00Z"), nullptr, ClosePeriod{"2026-03"}},
      facts);
  EXPECT_EQ(nobody.error().code, "who");
}

TEST(Period, TheFirstIsNotBeforeAnythingWasOwed) {
  World world(make_book({PromiseForm{}}));
  world.observe(say("issued", 0s), World::at(0s));
  world.observe(say("service_started", 16min), World::at(16min));
  world.hear_all(World::at(1h), World::at(1h));
  ASSERT_NE(world.state().ledger.find(1), nullptr);
  const auto refused = world.command(ClosePeriod{"1999-01"}, instant("2026-03-01T00:00:00Z"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "wrong_state");
  EXPECT_NE(refused.error().hint.find("2026-01"), std::string::npos);
  EXPECT_EQ(close(world, "2025-12", "2026-03-01T00:00:00Z"), "wrong_state");
  EXPECT_EQ(close(world, "2026-01", "2026-03-01T00:00:00Z"), "");
}

TEST(Period, FreezesNoVerdict) {
  World world(make_book({PromiseForm{}}));
  world.observe(say("issued", 0s), World::at(0s));
  world.observe(say("service_started", 16min), World::at(16min));
  ASSERT_EQ(close(world, "2025-12", "2026-01-06T00:00:00Z"), "");
  ASSERT_EQ(close(world, "2026-01", "2026-02-01T00:00:00Z"), "");
  world.hear_all(World::at(1h), instant("2026-02-02T00:00:00Z"));
  EXPECT_EQ(world.commitment("A1").cycle.verdict, Verdict::breached);
  ASSERT_NE(world.state().ledger.find(1), nullptr);
  EXPECT_EQ(world.state().ledger.find(1)->state, PaidState::owed);
}

TEST(Period, IsTheSameFromItsRowAndFromTheFacts) {
  World world(make_book({PromiseForm{}}));
  ASSERT_EQ(close(world, "2026-01", "2026-02-01T00:00:00Z"), "");
  rules::ledger::State replayed, restored;
  for (const auto& [month, period] : world.state().ledger.periods())
    restored.ledger.restore(period);
  for (const auto& fact : world.facts()) {
    replayed.evolve(fact);
    restored.ledger.evolve(fact);
  }
  EXPECT_EQ(replayed.ledger.hash(), world.state().ledger.hash());
  EXPECT_EQ(restored.ledger.hash(), world.state().ledger.hash());
}

}  // namespace
}  // namespace lupaus::tests
