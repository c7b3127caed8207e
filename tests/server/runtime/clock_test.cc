// Alarms of the virtual clock, and that the machine's clock rings at its instant, not before.
#include "server/runtime/clock.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

namespace lupaus::server::runtime {
namespace {

using namespace std::chrono_literals;  // NOLINT: lengths are read a hundred times
using rules::model::Instant;
using rules::model::kEndOfTime;

constexpr Instant kStart = rules::model::from_unix_ms(1'767'596'400'000);

TEST(VirtualClock, RingsPassedAlarmsInOrderWithNowAtTheNewInstant) {
  boost::asio::io_context loop;
  const auto clock = make_virtual_clock(kStart);
  auto late = clock->make_alarm(loop);
  auto early = clock->make_alarm(loop);
  std::vector<std::pair<int, Instant>> rung;
  late->set(kStart + 2s, [&] { rung.emplace_back(2, clock->now()); });
  early->set(kStart + 1s, [&] { rung.emplace_back(1, clock->now()); });
  EXPECT_EQ(clock->next_alarm(), kStart + 1s);
  clock->move_to(kStart + 999ms);
  loop.poll();
  EXPECT_TRUE(rung.empty());
  clock->move_to(kStart + 5s);
  loop.restart();
  loop.poll();
  const std::vector<std::pair<int, Instant>> expected = {{1, kStart + 5s}, {2, kStart + 5s}};
  EXPECT_EQ(rung, expected);
  EXPECT_EQ(clock->next_alarm(), kEndOfTime);
}

TEST(VirtualClock, DropsARingThatWasReplacedOrCancelled) {
  boost::asio::io_context loop;
  const auto clock = make_virtual_clock(kStart);
  auto alarm = clock->make_alarm(loop);
  int first = 0, second = 0;
  alarm->set(kStart + 1s, [&] { ++first; });
  clock->move_to(kStart + 1s);
  alarm->set(kStart + 2s, [&] { ++second; });
  loop.poll();
  EXPECT_EQ(first, 0);
  alarm->cancel();
  clock->move_to(kStart + 3s);
  loop.restart();
  loop.poll();
  EXPECT_EQ(second, 0);
}

TEST(VirtualClock, RingsAtOnceForThePastAndNeverGoesBack) {
  boost::asio::io_context loop;
  const auto clock = make_virtual_clock(kStart);
  clock->move_to(kStart - 1h);
  EXPECT_EQ(clock->now(), kStart);
  auto alarm = clock->make_alarm(loop);
  int rings = 0;
  alarm->set(kStart - 1s, [&] { ++rings; });
  loop.poll();
  EXPECT_EQ(rings, 1);
}

TEST(SystemClock, RingsNotBeforeItsInstant) {
  boost::asio::io_context loop;
  const auto clock = make_system_clock();
  auto alarm = clock->make_alarm(loop);
  const Instant at = clock->now() + 20ms;
  Instant rung{};
  alarm->set(at, [&] { rung = clock->now(); });
  loop.run();
  EXPECT_GE(rung, at);
}

}  // namespace
}  // namespace lupaus::server::runtime
