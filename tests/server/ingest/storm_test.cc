// Hundreds of terminals come back at once with all they kept: everything arrives once, whatever the
// server's limits, and a terminal that is alive goes on beating meanwhile.
// tests/bench/storm_bench.cc does it with ten thousand.
#include "tests/support/storm.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::Observed;

void expect_each_once(RunningServer& running, uint64_t sources, uint64_t events) {
  std::map<std::string, uint64_t> next;
  uint64_t count = 0;
  const auto read =
      running.storage().read_journal(1, [&](std::span<const rules::model::Fact> facts) {
        for (const auto& fact : facts) {
          const auto* observed = std::get_if<Observed>(&fact.body);
          if (observed == nullptr) continue;
          ++count;
          EXPECT_EQ(observed->event.sequence, ++next[std::string(observed->event.source)]);
        }
        return true;
      });
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(count, sources * events);
  EXPECT_EQ(next.size(), sources);
}

TEST(Storm, BringsEverythingOnceAndLetsOthersBeat) {
  constexpr uint32_t kSources = 300;
  constexpr uint32_t kEvents = 60;
  RunningServer running(true, [](server::config::Config& config) {
    config.limits.streams_catching_up = 32;
    config.limits.queued_events = 512;
    config.limits.batch_events = 256;
  });
  support::StormSettings settings;
  settings.server = running.server().grpc_address();
  settings.branch = "b2";
  settings.sources = kSources;
  settings.events = kEvents;
  settings.connections = 4;
  settings.backoff_max = std::chrono::seconds(1);
  settings.first_event_unix_ms =
      RunningServer::at(-std::chrono::seconds(kEvents)).time_since_epoch().count();
  support::LiveTerminal live(settings.server);
  support::Storm storm(settings);
  storm.start();
  const bool is_done = storm.wait_until_acked(std::chrono::seconds(300));
  const support::StormFigures figures = storm.figures();
  ASSERT_TRUE(is_done) << figures.sources_done << " sources are done; last error " << figures.error;
  EXPECT_GT(figures.turned_away, 0U) << "the limits were meant to be reached";
  EXPECT_EQ(figures.broken, 0U) << figures.error;
  EXPECT_EQ(figures.rejected, 0U);
  EXPECT_GT(live.stop().size(), 10U) << "heartbeats went on";
  storm.stop();
  expect_each_once(running, kSources, kEvents);
}

}  // namespace
}  // namespace lupaus::tests
