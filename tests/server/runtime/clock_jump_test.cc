// Somebody sets the machine's clock: the loop's time goes on, and nothing is confirmed until the
// clocks agree again.
#include <gtest/gtest.h>

#include <atomic>

#include "server/runtime/loop_time.h"
#include "tests/server/runtime/small_branch.h"

namespace lupaus::server::runtime {
namespace {

using namespace std::chrono_literals;
using rules::model::Duration;
using rules::model::from_unix_ms;

TEST(LoopTime, GoesOnByTheClockThatNobodySets) {
  LoopTime time;
  const auto start = from_unix_ms(1'000'000'000);
  EXPECT_EQ(time.read(start, 5s), start);
  EXPECT_EQ(time.read(start + 11s, 15s), start + 11s) << "slewed, not set";
  EXPECT_FALSE(time.is_doubtful());
  EXPECT_EQ(time.read(start + 1h, 16s), start + 12s);
  EXPECT_EQ(time.jump(), 1h - 12s);
  EXPECT_EQ(time.read(start + 1h + 5s, 21s), start + 17s);
  EXPECT_EQ(time.jump_count(), 1u);
  EXPECT_EQ(time.read(start + 19s, 22s), start + 19s) << "set back: they agree again";
  EXPECT_FALSE(time.is_doubtful());
  EXPECT_EQ(time.read(start - 1h, 23s), start + 20s);
  EXPECT_EQ(time.jump_count(), 2u);
}

TEST(LoopTime, BearsTwoSecondsBetweenTwoReadings) {
  for (const Duration apart : {-2001ms, -2000ms, 0ms, 2000ms, 2001ms}) {
    LoopTime time;
    const auto start = from_unix_ms(1'000'000'000);
    time.read(start, 0s);
    time.read(start + 1s + apart, 1s);
    EXPECT_EQ(time.is_doubtful(), apart > 2s || apart < -2s);
  }
}

}  // namespace
}  // namespace lupaus::server::runtime

namespace lupaus::tests::server_runtime {
namespace {

using namespace std::chrono_literals;
using rules::model::Breached;
using rules::model::Confirmed;

template <typename Body>
std::vector<rules::model::Fact> facts_of(const support::MemoryStorage& storage) {
  std::vector<rules::model::Fact> found;
  for (const auto& fact : storage.facts().facts) {
    if (std::holds_alternative<Body>(fact.body)) found.push_back(fact);
  }
  return found;
}

TEST(ClockJump, LetsTimersGoOnAndConfirmationsWait) {
  support::MemoryStorage storage;
  Sender kiosk("kiosk");
  std::vector<Duration> told;
  server::runtime::LoopSettings settings;
  settings.on_clock_jump = [&told](Duration jump) { told.push_back(jump); };
  Running running(storage, settings);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.loop.drain();

  running.clock->jump(3h);
  running.loop.drain();
  EXPECT_TRUE(facts_of<Breached>(storage).empty()) << "nobody waited for three hours";
  EXPECT_EQ(running.loop.figures().clock_jump, 3h);
  EXPECT_EQ(running.loop.now(), kNine);

  running.move_to(kNine + 3h + 16min);
  running.loop.drain();
  ASSERT_EQ(facts_of<Breached>(storage).size(), 1U) << "by the clock that went on";
  EXPECT_EQ(facts_of<Breached>(storage)[0].at, kNine + 16min);
  running.hear(kiosk, kNine + 16min);
  running.loop.drain();
  EXPECT_TRUE(facts_of<Confirmed>(storage).empty());

  running.clock->jump(-3h);
  running.loop.drain();
  EXPECT_EQ(running.loop.figures().clock_jump, 0s);
  EXPECT_EQ(running.loop.figures().clock_jumps, 1U);
  ASSERT_EQ(facts_of<Confirmed>(storage).size(), 1U);
  EXPECT_EQ(facts_of<Confirmed>(storage)[0].at, kNine + 16min);
  running.loop.stop();
  EXPECT_EQ(told, (std::vector<Duration>{3h, 0s})) << "once a jump, and when it is over";
}

/// What a batch left for the next one is no reason to go round while nothing may be decided.
TEST(ClockJump, LeavesTheLoopAtRestThoughVerdictsWait) {
  support::MemoryStorage storage;
  Sender kiosk("kiosk");
  std::atomic<bool> is_jumping = false;
  server::runtime::VirtualClock* clock = nullptr;
  Running running(storage, {}, kNine, [&](server::runtime::EngineLoop& loop) {
    loop.follow([&](const server::runtime::CommittedPtr& committed) {
      const auto& facts = committed->facts;
      const bool is_first = !facts.empty() && std::holds_alternative<Confirmed>(facts.back().body);
      if (is_first && is_jumping.exchange(false)) clock->jump(3h);
    });
  });
  clock = running.clock.get();
  running.open({&kiosk});
  std::vector<Happening> all;
  // More than the writer lets the loop decide ahead of it: eight batches of 128 tickets in its
  // hand, eight that wait and one that is handed over.
  constexpr size_t kTickets = 6'000;
  for (size_t i = 0; i < kTickets; ++i) {
    all.push_back({"A" + std::to_string(i), "issued", kNine});
    all.push_back({"A" + std::to_string(i), "service_started", kNine + 1min});
  }
  running.move_to(kNine + 2min);
  running.send(kiosk, all);
  running.loop.drain();
  is_jumping = true;
  running.hear(kiosk, kNine + 2min);
  running.loop.drain();
  EXPECT_LT(facts_of<Confirmed>(storage).size(), kTickets) << "the clock jumped in between";
  clock->jump(-3h);
  running.loop.drain();
  EXPECT_EQ(facts_of<Confirmed>(storage).size(), kTickets);
  running.loop.stop();
}

TEST(ClockJump, BackwardsLetsDeadlinesComeInTime) {
  support::MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.loop.drain();
  running.clock->jump(-3h);
  running.move_to(kNine - 3h + 15min + 1ms);
  running.loop.drain();
  EXPECT_EQ(facts_of<Breached>(storage).size(), 1U);
}

}  // namespace
}  // namespace lupaus::tests::server_runtime
