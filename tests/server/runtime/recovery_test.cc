// A restart gives the state that was: from rows and tail, with archived tickets, at any moment.
#include <gtest/gtest.h>

#include <random>

#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests::server_runtime {
namespace {

using namespace std::chrono_literals;  // NOLINT: minutes are read a hundred times
using rules::model::Archived;
using rules::model::Breached;
using support::MemoryStorage;

template <typename Body>
std::vector<Body> all_of(const MemoryStorage& storage) {
  std::vector<Body> found;
  for (const auto& fact : storage.facts().facts) {
    if (const auto* body = std::get_if<Body>(&fact.body)) found.push_back(*body);
  }
  return found;
}

/// A day of random visits: in time, late, given up, parked, and late news of tickets that were
/// forgotten.
class RandomDay {
 public:
  explicit RandomDay(uint64_t seed) : random_(seed) {}

  void run(Running& running, Sender& kiosk, Sender& counter, int steps) {
    for (int i = 0; i < steps; ++i) {
      const Instant now = running.clock->now();
      const auto choice = random_() % 10;
      if (choice < 4) {
        running.send(kiosk, {{"A" + std::to_string(++issued_), "issued", now}});
      } else if (issued_ > 0) {
        const auto back = random_() % std::min<uint64_t>(issued_, random_() % 20 == 0 ? 200 : 12);
        static constexpr const char* kTypes[] = {"service_started", "service_started", "left",
                                                 "parked", "unparked"};
        running.send(counter, {{"A" + std::to_string(issued_ - back), kTypes[random_() % 5], now}});
      }
      if (choice == 9) {
        running.hear(kiosk, now);
        running.hear(counter, now);
      }
      running.move_to(now + Duration(random_() % 240'000));
    }
  }

 private:
  std::mt19937_64 random_;
  uint64_t issued_ = 0;
};

TEST(Recovery, GivesTheStateThatWasAtAnyMoment) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Sender kiosk("kiosk"), counter("counter");
    RandomDay day(seed);
    auto storage = std::make_unique<MemoryStorage>();
    Instant now = kNine;
    for (int life = 0; life < 4; ++life) {
      std::unique_ptr<MemoryStorage> crashed;
      uint64_t live = 0;
      {
        Running running(*storage, restless(), now);
        if (life == 0) running.open({&kiosk, &counter});
        day.run(running, kiosk, counter, 150);
        live = running.hash();
        now = running.clock->now();
        crashed = storage->reopen();
      }
      {
        auto copy = crashed->reopen();
        Running restarted(*copy, restless(), now);
        EXPECT_EQ(restarted.hash(), live) << "after a crash, life " << life;
      }
      Running restarted(*storage, restless(), now);  // after the orderly stop
      EXPECT_EQ(restarted.hash(), live) << "after a stop, life " << life;
      storage = std::move(crashed);
    }
    EXPECT_FALSE(all_of<Archived>(*storage).empty()) << "the day must forget somebody";
    EXPECT_FALSE(all_of<Breached>(*storage).empty());
    EXPECT_GT(storage->replay_from(), 1U) << "something must have been swept";
  }
}

/// More than one batch serves, and more than are kept open at a time.
constexpr size_t kMany = 5'000;

/// Ticket i was issued i x 10 ms before nine.
void issue_many(Running& running, Sender& kiosk, size_t count) {
  std::vector<Happening> happenings;
  for (size_t i = 0; i < count; ++i) {
    happenings.push_back({"A" + std::to_string(i), "issued", kNine - Duration(i * 10)});
    if (happenings.size() < 500 && i + 1 < count) continue;
    running.send(kiosk, happenings);
    happenings.clear();
  }
  running.loop.drain();
}

TEST(Recovery, ServesOverdueDeadlinesAtOnceAndInOrder) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  {
    Running running(storage);
    running.open({&kiosk});
    issue_many(running, kiosk, kMany);
  }
  ASSERT_TRUE(all_of<Breached>(storage).empty());
  Running late(storage, {}, kNine + 2h);
  late.loop.drain();
  const auto breached = all_of<Breached>(storage);
  ASSERT_EQ(breached.size(), kMany);
  for (size_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(breached[i].key.ticket, "A" + std::to_string(kMany - 1 - i));
    ASSERT_EQ(breached[i].breached_at, kNine - Duration((kMany - 1 - i) * 10) + 15min);
    ASSERT_EQ(breached[i].detected_at, kNine + 2h);
  }
  EXPECT_EQ(late.loop.figures().oldest_overdue, rules::model::kEndOfTime);
}

TEST(Recovery, BeginsWithTheRestoreThatWasSubmittedBeforeTheStart) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  {
    Running running(storage);
    running.open({&kiosk});
    issue_many(running, kiosk, 3);
  }
  const auto last = storage.last_position();
  Running late(storage, {}, kNine + 2h, [](server::runtime::EngineLoop& loop) {
    loop.submit_ahead(rules::model::NoteRestore{}, nullptr, nullptr);
  });
  late.loop.drain();
  const auto facts = storage.facts();
  ASSERT_EQ(all_of<Breached>(storage).size(), 3u);
  EXPECT_TRUE(std::holds_alternative<rules::model::Restored>(facts.facts.at(last).body))
      << "money may follow from a deadline that passed meanwhile";
}

TEST(Recovery, RecordsNothingTwice) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  {
    Running running(storage);
    running.open({&kiosk});
    issue_many(running, kiosk, 300);
    running.move_to(kNine + 2h);
    running.loop.drain();
  }
  const auto last = storage.last_position();
  Running again(storage, {}, kNine + 3h);
  again.loop.drain();
  EXPECT_EQ(storage.last_position(), last) << "a restart had something to say";
}

// More than one batch decides.
TEST(Recovery, DecidesAllThatWaitedForASource) {
  constexpr size_t kWaiting = 20'000;
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  issue_many(running, kiosk, kWaiting);
  running.move_to(kNine + 2h);
  running.hear(kiosk, kNine + 2h);
  running.loop.drain();
  EXPECT_EQ(all_of<rules::model::Confirmed>(storage).size(), kWaiting);
}

TEST(Recovery, ForgetsATicketOnceThatSettledTwice) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage, restless());
  running.open({&kiosk});
  for (const auto from : {0min, 6min}) {
    running.send(kiosk,
                 {{"A1", "issued", kNine + from}, {"A1", "service_started", kNine + from + 1min}});
    running.move_to(kNine + from + 5min);
    running.hear(kiosk, kNine + from + 5min);
    running.loop.drain();
  }
  ASSERT_EQ(all_of<rules::model::Confirmed>(storage).size(), 2U);
  running.move_to(kNine + 3h);
  running.hear(kiosk, kNine + 3h);
  running.loop.drain();
  EXPECT_EQ(all_of<Archived>(storage).size(), 1U);
}

TEST(Recovery, LeavesAForgottenTicketWhereItIsWhenAnEventComesAgain) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage, restless());
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}, {"A1", "service_started", kNine + 1min}});
  for (const auto later : {5min, 180min}) {
    running.move_to(kNine + later);
    running.hear(kiosk, kNine + later);
    running.loop.drain();
  }
  ASSERT_EQ(all_of<Archived>(storage).size(), 1U);
  const auto before = running.hash();
  auto again = kiosk.again();
  EXPECT_TRUE(running.loop.try_submit(again));
  running.loop.drain();
  EXPECT_EQ(running.hash(), before) << "memory holds a ticket that no fact accounts for";
}

TEST(Recovery, BringsAForgottenTicketBackForALateEvent) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage, restless());
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}, {"A1", "service_started", kNine + 1min}});
  running.move_to(kNine + 5min);
  running.hear(kiosk, kNine + 5min);
  running.loop.drain();
  running.move_to(kNine + 3h);
  running.hear(kiosk, kNine + 3h);
  running.loop.drain();
  ASSERT_EQ(all_of<Archived>(storage).size(), 1U);
  running.send(kiosk, {{"A1", "left", kNine + 2min}});
  size_t events = 0;
  running.loop.query(
      [&events](const rules::ledger::State& state) {
        const auto slot = state.engine.find_ticket("helsinki-1", "A1");
        if (slot) events = state.engine.ticket(*slot).events.size();
      },
      nullptr);
  running.loop.drain();
  EXPECT_EQ(events, 3U);
}

TEST(Recovery, ReplaysABoundedTail) {
  MemoryStorage storage;
  Sender kiosk("kiosk"), counter("counter");
  Running running(storage, restless());
  running.open({&kiosk, &counter});
  RandomDay day(7);
  day.run(running, kiosk, counter, 600);
  EXPECT_GT(storage.last_position(), 400U);
  EXPECT_LT(storage.last_position() + 1 - storage.replay_from(), restless().tail_facts_max);
}

TEST(Recovery, NamesADamagedRowWhereverItIs) {
  constexpr size_t kTickets = 1'500;  // many times what is decoded at once, by either thread
  MemoryStorage storage;
  Sender kiosk("kiosk");
  {
    Running running(storage);
    running.open({&kiosk});
    issue_many(running, kiosk, kTickets);
  }
  std::vector<server::runtime::Row> rows;
  ASSERT_TRUE(storage
                  .scan(server::runtime::Table::tickets, "", "",
                        [&](std::string_view key, std::string_view value) {
                          rows.push_back({server::runtime::Table::tickets, std::string(key),
                                          std::string(value)});
                          return true;
                        })
                  .ok());
  ASSERT_EQ(rows.size(), kTickets);
  // A source's row where a ticket's should be.
  const auto damage = storage.get(server::runtime::Table::sources, "kiosk").value();
  for (const size_t place : {size_t{0}, size_t{127}, size_t{128}, size_t{700}, kTickets - 1}) {
    const std::vector<server::runtime::Row> broken = {{rows[place].table, rows[place].key, damage}};
    ASSERT_TRUE(storage.put_derived(broken).ok());
    auto clock = server::runtime::make_virtual_clock(kNine);
    server::runtime::EngineLoop loop({}, *clock, storage, [](std::string) {});
    const auto started = loop.start();
    ASSERT_FALSE(started.ok()) << "row " << place;
    EXPECT_EQ(started.error().code, "database_damaged");
    ASSERT_TRUE(storage.put_derived(std::vector{rows[place]}).ok());
  }
  Running whole(storage);
  EXPECT_EQ(whole.loop.figures().tickets, kTickets);
}

}  // namespace
}  // namespace lupaus::tests::server_runtime
