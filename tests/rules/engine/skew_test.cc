// Wrong clocks: how far off they are, what is corrected, and verdicts that would be others without.
#include "rules/engine/skew.h"

#include <gtest/gtest.h>

#include "tests/support/rules_world.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using namespace rules::model;  // NOLINT: tests speak the model's words throughout
using rules::engine::SkewEstimator;

// ---- the estimator
class Samples {
 public:
  /// A second later a sample comes that was `behind` when it came.
  std::optional<Duration> take(Duration behind) {
    now_ += 1s;
    auto skew = estimator_.take(now_ - behind, now_, recorded_);
    if (skew) recorded_ = *skew;
    return skew;
  }
  void pause(Duration length) { now_ += length; }
  Duration recorded() const { return recorded_; }

 private:
  SkewEstimator estimator_;
  Instant now_ = World::at({});
  Duration recorded_{};
};

TEST(SkewEstimator, IsMovedByNoSlowSample) {
  Samples samples;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(samples.take(20ms));
  EXPECT_FALSE(samples.take(25s));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(samples.take(i % 3 == 0 ? 5s : 30ms));
  EXPECT_EQ(samples.recorded(), 0ms);
}

TEST(SkewEstimator, BelievesNoSingleSampleThatMayHaveBeenUnderWayForLong) {
  Samples samples;
  EXPECT_FALSE(samples.take(16s)) << "the first of a new source";
  EXPECT_FALSE(samples.take(50ms));
  samples.pause(61s);
  EXPECT_FALSE(samples.take(600s)) << "the first after a long break";
  EXPECT_EQ(samples.recorded(), 0ms);
}

TEST(SkewEstimator, BelievesNoSamplesThatCameTogetherAfterABreak) {
  SkewEstimator estimator;
  const Instant healed = World::at(1min);
  for (int i = 0; i < 10; ++i)
    EXPECT_FALSE(estimator.take(healed - 40s + i * 1s, healed + i * 1ms, 0ms)) << i;
  EXPECT_FALSE(estimator.take(healed + 5s, healed + 5s + 20ms, 0ms));
}

TEST(SkewEstimator, FallsAtOnceAndRisesWithFiveSamples) {
  Samples samples;
  samples.take(20ms);
  EXPECT_EQ(samples.take(-600s), -600s) << "nothing arrives before it was sent";
  samples.pause(61s);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(samples.take(-590s)) << i;
  EXPECT_EQ(samples.take(-590s), -590s);
}

TEST(SkewEstimator, IsSilentWithinTheTolerance) {
  Samples samples;
  EXPECT_FALSE(samples.take(900ms));
  EXPECT_FALSE(samples.take(-900ms));
  EXPECT_EQ(samples.take(-1100ms), -1100ms);
}

// ---- correction
const std::vector<DeclaredSource> kBoth = {{"counter", {}}, {"kiosk", {}}};

/// A world where both sources said hello and the kiosk's clock is `behind`.
World world_with(Duration behind) {
  World world(make_book({PromiseForm{}}, kBoth));
  world.observe(event_of_a1("kiosk", "recalled", -1h), World::at(-1h));
  world.observe(event_of_a1("counter", "recalled", -1h), World::at(-1h));
  EXPECT_TRUE(world.command(EstimateSkew{"kiosk", behind}, World::at(-1h)).ok());
  return world;
}

TEST(Skew, CorrectsEventsAndHeartbeatsBeyondASecond) {
  for (const Duration behind :
       std::vector<Duration>{-10min, -1001ms, -1000ms, 0ms, 1000ms, 1001ms, 10min}) {
    const bool is_corrected = behind > 1s || behind < -1s;
    World world = world_with(behind);
    world.observe(event_of_a1("kiosk", "issued", -behind), World::at(1ms));
    ASSERT_EQ(world.all<Observed>().back().skew, is_corrected ? behind : 0ms);
    EXPECT_EQ(world.commitment("A1").cycle.started_at, World::at(is_corrected ? 0ms : -behind));
    ASSERT_TRUE(
        world.command(Hear{"kiosk", 1, 2, World::at(5min - behind), false}, World::at(6min)).ok());
    EXPECT_EQ(world.state().engine.find_source("kiosk")->watermark,
              World::at(is_corrected ? 5min : 5min - behind));
  }
}

TEST(Skew, OfAnEventFromTheFutureIsCorrectedFirst) {
  World world = world_with(-10min);
  world.observe(event_of_a1("kiosk", "issued", 10min), World::at(0s));
  EXPECT_TRUE(world.all<Rejected>().empty());
  world.observe(event_of_a1("kiosk", "called", 12min + 1ms), World::at(0s));
  ASSERT_EQ(world.all<Rejected>().size(), 1u);
  EXPECT_EQ(world.all<Rejected>()[0].reason, "future");
  EXPECT_EQ(world.state().engine.find_source("kiosk")->watermark, World::at(0s));
}

// The counter's clock is right; the kiosk's makes the difference between kept and breached.
TEST(Skew, ThatWouldTurnTheVerdictLeavesItToAPerson) {
  struct Case {
    Duration behind, served;
    Verdict verdict;
    std::string_view reason;
  };
  for (const auto& c :
       {Case{10min, 20min, Verdict::breached, ""},
        Case{10min, 14min, Verdict::indeterminate, "clock"}, Case{10min, 4min, Verdict::kept, ""},
        Case{-10min, 20min, Verdict::indeterminate, "clock"},
        Case{-10min, 27min, Verdict::breached, ""}, Case{-10min, 14min, Verdict::kept, ""}}) {
    World world = world_with(c.behind);
    world.observe(event_of_a1("kiosk", "issued", -c.behind), World::at(1s));
    world.tick(World::at(c.served));
    world.observe(event_of_a1("counter", "service_started", c.served), World::at(c.served));
    world.hear("kiosk", 2, World::at(1h - c.behind), World::at(1h));
    world.hear("counter", 2, World::at(1h), World::at(1h));
    ASSERT_EQ(world.all<Confirmed>().size(), 1u) << c.behind.count() << " " << c.served.count();
    const auto cycle = world.all<Confirmed>()[0].cycle;
    EXPECT_EQ(cycle.verdict, c.verdict) << c.behind.count() << " " << c.served.count();
    EXPECT_EQ(cycle.reason(), c.reason);
    EXPECT_EQ(cycle.counted, c.served) << "money goes by corrected times (R76)";
    EXPECT_EQ(world.all<Owed>().size(), c.verdict == Verdict::breached ? 1u : 0u);
  }
}

TEST(Skew, SurvivesReplay) {
  World world = world_with(10min);
  world.observe(event_of_a1("kiosk", "issued", -10min), World::at(1s));
  world.command(EstimateSkew{"kiosk", 0ms}, World::at(2s)).ok();
  world.observe(event_of_a1("kiosk", "called", 3s), World::at(3s));
  rules::ledger::State again;
  for (const auto& fact : world.facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), world.state().hash());
}

}  // namespace
}  // namespace lupaus::tests
