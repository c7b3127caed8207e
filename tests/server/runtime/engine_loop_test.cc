// What the loop promises to those who submit: nothing before the write, nothing lost by a full
// queue, an end at the first failed write.
#include "server/runtime/engine_loop.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/server/runtime/small_branch.h"

namespace lupaus::tests::server_runtime {
namespace {

using namespace std::chrono_literals;  // NOLINT: minutes are read a hundred times
using rules::model::Breached;
using rules::model::Facts;
using server::runtime::Intake;
using support::MemoryStorage;

template <typename Body>
std::vector<Body> all_of(const MemoryStorage& storage) {
  std::vector<Body> found;
  for (const auto& fact : storage.facts().facts) {
    if (const auto* body = std::get_if<Body>(&fact.body)) found.push_back(*body);
  }
  return found;
}

TEST(EngineLoop, AcknowledgesNothingBeforeTheWriteReturned) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  storage.block_appends();
  running.send(kiosk, {{"A1", "issued", kNine}, {"A2", "issued", kNine}});
  storage.wait_for_blocked_append();
  EXPECT_EQ(kiosk.answers(), 0U);
  storage.release_appends();
  running.loop.drain();
  EXPECT_EQ(kiosk.answers(), 1U);
  EXPECT_EQ(kiosk.acked(), 2U);
}

TEST(EngineLoop, WritesWhatGatheredDuringAWriteAtOnce) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  const uint64_t before = storage.append_count();
  storage.block_appends();
  running.send(kiosk, {{"A0", "issued", kNine}});
  storage.wait_for_blocked_append();
  for (int i = 1; i <= 50; ++i) running.send(kiosk, {{"A" + std::to_string(i), "issued", kNine}});
  storage.release_appends();
  running.loop.drain();
  EXPECT_EQ(kiosk.acked(), 51U);
  EXPECT_LE(storage.append_count() - before, 4U);
}

TEST(EngineLoop, TurnsEventsAwayWhenFullAndRingsWhenThereIsRoom) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  server::runtime::LoopSettings settings;
  settings.queued_events_max = 4;
  Running running(storage, settings);
  running.open({&kiosk});
  storage.block_appends();
  running.send(kiosk, {{"A0", "issued", kNine}});
  storage.wait_for_blocked_append();
  for (int i = 1; i <= 4; ++i) running.send(kiosk, {{"A" + std::to_string(i), "issued", kNine}});
  auto refused = kiosk.intake({{"A5", "issued", kNine}});
  EXPECT_FALSE(running.loop.try_submit(refused));
  EXPECT_EQ(refused.events.size(), 1U) << "a refused intake stays whole";
  std::promise<void> room;
  running.loop.on_room([&room] { room.set_value(); });
  storage.release_appends();
  room.get_future().wait();
  EXPECT_TRUE(running.loop.try_submit(refused));
  running.loop.drain();
  EXPECT_EQ(kiosk.acked(), 6U);
}

TEST(EngineLoop, StopsForGoodWhenAWriteFails) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  storage.fail_append(1);
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.loop.drain();
  running.loop.stop();
  ASSERT_EQ(running.failures.size(), 1U);
  EXPECT_NE(running.failures[0].find("journal cannot be written"), std::string::npos)
      << running.failures[0];
  EXPECT_EQ(kiosk.answers(), 0U);
  auto late = kiosk.intake({{"A2", "issued", kNine}});
  EXPECT_FALSE(running.loop.try_submit(late));
}

TEST(EngineLoop, TellsTheSequenceItWantsAfterAGap) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}});
  (void)kiosk.intake({{"A2", "issued", kNine}});  // lost on the way
  running.send(kiosk, {{"A3", "issued", kNine}});
  running.loop.drain();
  EXPECT_EQ(kiosk.error(), "sequence_gap");
  EXPECT_EQ(kiosk.acked(), 1U);
}

TEST(EngineLoop, AcknowledgesARepeatedMessageWithoutNewFacts) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}, {"A1", "service_started", kNine + 1min}});
  running.loop.drain();
  const auto position = storage.last_position();
  auto again = kiosk.again();
  EXPECT_TRUE(running.loop.try_submit(again));
  running.loop.drain();
  EXPECT_EQ(kiosk.answers(), 2U);
  EXPECT_EQ(kiosk.acked(), 2U);
  EXPECT_EQ(storage.last_position(), position);
}

TEST(EngineLoop, ReportsRejectedEventsAndGoesOn) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "juggled", kNine}, {"A1", "issued", kNine}});
  running.loop.drain();
  ASSERT_EQ(kiosk.rejected().size(), 1U);
  EXPECT_EQ(kiosk.rejected()[0].sequence, 1U);
  EXPECT_EQ(kiosk.rejected()[0].reason, "unknown_type");
  EXPECT_EQ(kiosk.acked(), 2U);
}

TEST(EngineLoop, BreachesAtTheDeadlineOfTheVirtualClock) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.loop.drain();
  EXPECT_EQ(running.clock->next_alarm(), kNine + 10min) << "the warning comes first";
  running.move_to(kNine + 10min);
  EXPECT_EQ(running.clock->next_alarm(), kNine + 15min + 1ms);
  running.move_to(kNine + 15min);
  EXPECT_TRUE(all_of<Breached>(storage).empty());
  running.move_to(kNine + 15min + 1ms);
  const auto breached = all_of<Breached>(storage);
  ASSERT_EQ(breached.size(), 1U);
  EXPECT_EQ(breached[0].breached_at, kNine + 15min);
  EXPECT_EQ(breached[0].detected_at, kNine + 15min + 1ms);
  EXPECT_EQ(running.clock->next_alarm(), kNine + 15min + 2ms + 24h) << "as long as it is held";
}

TEST(EngineLoop, OwesForALatePayoutWhenItsDayIsOver) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  auto book = std::make_shared<rules::model::Book>(*small_book());
  auto& promise = book->promises.front();
  promise.digest = "with a promised payout";
  promise.compensation->due = rules::model::Limit{rules::model::Limit::Unit::calendar_days, {}, 1};
  promise.compensation->late = rules::model::parse_money("EUR 7.00").value();
  running.open({&kiosk});
  const auto person = std::make_shared<rules::model::Actor>(
      rules::model::Actor{rules::model::Actor::Kind::person, false, "tester", "author"});
  running.loop.submit(rules::model::Publish{book, kNine, {}, "second"}, person, nullptr);
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.loop.drain();
  running.move_to(kNine + 16min);
  running.send(kiosk, {{"A1", "service_started", kNine + 16min}});
  running.move_to(kNine + 17min);
  running.hear(kiosk, kNine + 17min);
  running.loop.drain();
  ASSERT_EQ(all_of<rules::model::Owed>(storage).size(), 1U);
  const auto midnight = kNine - 7h + 48h;
  EXPECT_EQ(running.clock->next_alarm(), midnight);
  running.move_to(midnight - 1ms);
  EXPECT_EQ(all_of<rules::model::Owed>(storage).size(), 1U);
  running.move_to(midnight);
  running.move_to(midnight + 100h);
  const auto owed = all_of<rules::model::Owed>(storage);
  ASSERT_EQ(owed.size(), 2U);
  EXPECT_EQ(owed[1].late_of, owed[0].number);
  EXPECT_EQ(owed[1].amount->minor, 700);
}

TEST(EngineLoop, LetsAQueuedStopCountBeforeADeadlineOfTheSameBatch) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  running.send(kiosk, {{"A1", "issued", kNine}});
  running.move_to(kNine + 14min);
  storage.block_appends();
  running.send(kiosk, {{"A2", "issued", kNine + 14min}});
  storage.wait_for_blocked_append();
  running.send(kiosk, {{"A1", "service_started", kNine + 14min}});
  running.clock->move_to(kNine + 20min);
  storage.release_appends();
  running.loop.drain();
  EXPECT_TRUE(all_of<Breached>(storage).empty());
}

TEST(EngineLoop, GivesFollowersEveryFactOnceInOrder) {
  MemoryStorage storage;
  auto clock = server::runtime::make_virtual_clock(kNine);
  server::runtime::EngineLoop loop({}, *clock, storage, [](std::string) {});
  std::vector<rules::model::Position> heard;
  loop.follow([&heard](const server::runtime::CommittedPtr& committed) {
    for (const auto& fact : committed->facts) heard.push_back(fact.position);
  });
  ASSERT_TRUE(loop.start().ok());
  loop.submit(rules::model::Publish{small_book(), {}, {}, ""}, nullptr, nullptr);
  for (int i = 0; i < 100; ++i) {
    loop.submit(rules::model::Register{"kiosk-" + std::to_string(i), 0, 0, false}, nullptr,
                nullptr);
  }
  loop.stop();
  ASSERT_EQ(heard.size(), 101U);
  for (size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], i + 1);
}

TEST(EngineLoop, AnswersAQueryOnceWhatItSawIsDurable) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  storage.block_appends();
  running.send(kiosk, {{"A1", "issued", kNine}});
  std::atomic<bool> is_done = false;
  uint64_t seen = 0;
  running.loop.query(
      [&seen](const rules::ledger::State& state) { seen = state.engine.open_ticket_count(); },
      [&is_done] { is_done = true; });
  storage.wait_for_blocked_append();
  EXPECT_FALSE(is_done);
  storage.release_appends();
  running.loop.drain();
  EXPECT_TRUE(is_done);
  EXPECT_EQ(seen, 1U);
}

TEST(EngineLoop, VisitsEveryTicketInChunks) {
  MemoryStorage storage;
  Sender kiosk("kiosk");
  Running running(storage);
  running.open({&kiosk});
  std::vector<Happening> issued;
  for (int i = 0; i < 9'000; ++i) issued.push_back({"A" + std::to_string(i), "issued", kNine});
  running.send(kiosk, issued);
  std::set<std::string> seen;
  server::runtime::visit_tickets(running.loop,
                                 [&seen](const rules::ledger::State& state, uint32_t slot) {
                                   seen.insert(state.engine.ticket(slot).id);
                                 });
  EXPECT_EQ(seen.size(), 9'000U);
  EXPECT_EQ(running.loop.figures().armed, 9'000U);
}

}  // namespace
}  // namespace lupaus::tests::server_runtime
