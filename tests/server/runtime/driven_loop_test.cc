// A loop that one thread drives decides, writes and acknowledges as one with threads does.
#include <gtest/gtest.h>

#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests::server_runtime {
namespace {

using namespace std::chrono_literals;  // NOLINT: minutes are read a hundred times
using server::runtime::EngineLoop;
using support::MemoryStorage;

/// Without threads; `settle` runs until nothing waits.
struct Driven {
  explicit Driven(server::runtime::Storage& storage)
      : clock(server::runtime::make_virtual_clock(kNine)),
        loop(restless(), *clock, storage, [](const std::string&) {}) {
    EXPECT_TRUE(loop.start_driven().ok());
    loop.submit(rules::model::Publish{small_book(), kNine - 24h, {}, "first"}, nullptr, nullptr);
    loop.submit(rules::model::Register{kiosk.id(), 0, 0, false}, nullptr, nullptr);
    settle();
  }
  void settle() {
    while (loop.turn(false) || loop.commit()) continue;
  }
  void send(const std::vector<Happening>& happenings) {
    auto intake = kiosk.intake(happenings);
    EXPECT_TRUE(loop.try_submit(intake));
  }

  Sender kiosk{"kiosk"};
  std::unique_ptr<server::runtime::VirtualClock> clock;
  EngineLoop loop;
};

TEST(DrivenLoop, AcknowledgesWhatIsWrittenAndNothingElse) {
  MemoryStorage storage;
  Driven driven(storage);
  const auto before = storage.append_count();
  for (const char* ticket : {"A1", "A2", "A3"}) {
    driven.send({{ticket, "issued", kNine}});
    EXPECT_TRUE(driven.loop.turn(true));
  }
  EXPECT_EQ(driven.kiosk.acked(), 0U) << "the writer is busy";
  EXPECT_EQ(storage.append_count(), before);
  EXPECT_TRUE(driven.loop.commit());
  EXPECT_EQ(driven.kiosk.acked(), 3U);
  EXPECT_EQ(storage.append_count(), before + 1) << "what gathered is one write";
  EXPECT_FALSE(driven.loop.commit());
  EXPECT_FALSE(driven.loop.turn(false));
}

TEST(DrivenLoop, LosesWhatIsNotWrittenWhenItIsAbandoned) {
  MemoryStorage storage;
  {
    Driven driven(storage);
    driven.send({{"A1", "issued", kNine}});
    driven.settle();
    driven.send({{"A2", "issued", kNine}});
    EXPECT_TRUE(driven.loop.turn(true));
    driven.loop.abandon();
    EXPECT_EQ(driven.kiosk.acked(), 1U);
  }
  std::vector<std::string> tickets;
  for (const auto& fact : storage.facts().facts) {
    const auto* observed = std::get_if<rules::model::Observed>(&fact.body);
    if (observed != nullptr) tickets.emplace_back(observed->event.ticket);
  }
  EXPECT_EQ(tickets, std::vector<std::string>{"A1"});
}

TEST(DrivenLoop, ServesDeadlinesWhenTheClockPassesThem) {
  MemoryStorage storage;
  Driven driven(storage);
  driven.send({{"A1", "issued", kNine}});
  driven.settle();
  const auto before = storage.last_position();
  driven.clock->move_to(kNine + 15min);
  driven.settle();
  EXPECT_GT(storage.last_position(), before) << "the warning";
  driven.clock->move_to(kNine + 15min + 1ms);
  driven.settle();
  const auto facts = storage.facts().facts;
  EXPECT_TRUE(std::holds_alternative<rules::model::Breached>(facts.back().body));
}

TEST(DrivenLoop, StopsInOrderWithEverythingWritten) {
  MemoryStorage storage;
  Driven driven(storage);
  driven.send({{"A1", "issued", kNine}});
  driven.loop.stop();
  EXPECT_EQ(driven.kiosk.acked(), 1U);
  EXPECT_EQ(storage.replay_from(), storage.last_position() + 1) << "all is swept";
}

}  // namespace
}  // namespace lupaus::tests::server_runtime
