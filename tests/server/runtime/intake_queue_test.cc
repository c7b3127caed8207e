// Who comes in when: the wide lane is bounded and fair, the lane ahead is always open.
#include "server/runtime/intake_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace lupaus::server::runtime {
namespace {

using rules::model::Event;

/// An intake of so many events, told apart by its number.
struct Numbered {
  std::vector<Event> events;
  Intake intake(size_t count, std::vector<int>& order, int number) {
    events.resize(count);
    Intake made;
    made.events = events;
    made.done = [&order, number](const Intake::Outcome&) { order.push_back(number); };
    return made;
  }
};

/// Takes all and answers it, so that the order shows.
size_t take_all(IntakeQueue& queue) {
  std::vector<Submission> taken;
  queue.take(taken);
  size_t events = 0;
  for (Submission& submission : taken) {
    auto* intake = std::get_if<Intake>(&submission);
    if (intake == nullptr) continue;
    events += intake->events.size();
    intake->done({});
  }
  return events;
}

TEST(IntakeQueue, AdmitsThoseWhoWaitInTheOrderInWhichTheyCame) {
  IntakeQueue queue(4, [] {});
  Numbered numbered;
  std::vector<int> order;
  std::vector<int> admitted;
  const auto push = [&](int number) {
    return queue.push_in_turn(numbered.intake(4, order, number),
                              [&admitted, number] { admitted.push_back(number); });
  };
  ASSERT_TRUE(push(0));
  for (int number = 1; number <= 3; ++number) EXPECT_FALSE(push(number));
  Intake passing = numbered.intake(1, order, 9);
  for (int round = 1; round <= 3; ++round) {
    queue.release(take_all(queue));
    EXPECT_EQ(admitted.size(), static_cast<size_t>(round));
    EXPECT_FALSE(queue.try_push(passing)) << "nobody passes those who wait";
  }
  queue.release(take_all(queue));
  EXPECT_TRUE(queue.try_push(passing));
  take_all(queue);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 9}));
  EXPECT_EQ(admitted, (std::vector<int>{1, 2, 3}));
}

// Streams have one batch each at the door, come again as soon as they are in, and batches differ in
// size: whatever is drawn, none gets more than one turn ahead of another.
TEST(IntakeQueue, StarvesNobodyWhoeverIsFast) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    IntakeQueue queue(8, [] {});
    Numbered numbered;
    std::vector<int> order;
    std::map<int, int> turns;
    std::vector<int> back;  // whose turn came, and who comes again
    const auto come = [&](int stream) {
      if (queue.push_in_turn(numbered.intake(1 + random() % 8, order, stream),
                             [&back, stream] { back.push_back(stream); }))
        back.push_back(stream);
    };
    for (int stream = 0; stream < 10; ++stream) come(stream);
    for (int step = 0; step < 2'000; ++step) {
      if (!back.empty() && random() % 4 != 0) {
        const size_t which = random() % back.size();
        const int stream = back[which];
        back.erase(back.begin() + static_cast<std::ptrdiff_t>(which));
        ++turns[stream];
        come(stream);
      } else {
        queue.release(take_all(queue));
      }
      if (!back.empty()) continue;
      const auto [least, most] = std::minmax_element(
          turns.begin(), turns.end(), [](auto& a, auto& b) { return a.second < b.second; });
      ASSERT_LE(most->second - least->second, 1) << "seed " << seed << ", step " << step;
    }
    ASSERT_EQ(turns.size(), 10U);
  }
}

TEST(IntakeQueue, LeavesTheLaneAheadOpenWhenFullAndWakesForEachLane) {
  int wakes = 0;
  IntakeQueue queue(1, [&wakes] { ++wakes; });
  Numbered numbered;
  std::vector<int> order;
  Intake intake = numbered.intake(5, order, 0);
  ASSERT_TRUE(queue.try_push(intake));
  EXPECT_EQ(wakes, 1);
  EXPECT_FALSE(queue.has_ahead());
  for (int count = 0; count < 3; ++count) {
    Submission submission = CommandSubmission{};
    ASSERT_TRUE(queue.push_ahead(submission));
  }
  EXPECT_EQ(wakes, 2) << "once for each lane that was empty";
  std::vector<Submission> taken;
  queue.take_ahead(taken);
  EXPECT_EQ(taken.size(), 3U);
  EXPECT_FALSE(queue.has_ahead());
  queue.take_ahead(taken);
  EXPECT_EQ(taken.size(), 3U);
}

TEST(IntakeQueue, ForgetsThoseWhoWaitWhenItCloses) {
  IntakeQueue queue(1, [] {});
  Numbered numbered;
  std::vector<int> order;
  bool is_admitted = false;
  ASSERT_TRUE(queue.push_in_turn(numbered.intake(1, order, 0), [] {}));
  ASSERT_FALSE(
      queue.push_in_turn(numbered.intake(1, order, 1), [&is_admitted] { is_admitted = true; }));
  queue.close();
  queue.release(take_all(queue));
  EXPECT_FALSE(is_admitted);
  EXPECT_EQ(order, std::vector<int>{0});
}

}  // namespace
}  // namespace lupaus::server::runtime
