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

/// Streams that come again and again, each with one batch at the door at a time. Counts for each
/// that waits how often each other one was let in before it.
class Crowd {
 public:
  explicit Crowd(uint64_t seed) : random_(seed) {
    for (int stream = 0; stream < kStreams; ++stream) away_.push_back(stream);
  }
  void step() {
    if (away_.empty() || random_() % 4 == 0) return queue_.release(take_all(queue_));
    const size_t which = random_() % away_.size();
    const int stream = away_[which];
    away_.erase(away_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool is_in = queue_.push_in_turn(numbered_.intake(1 + random_() % 8, order_, stream),
                                           [this, stream] { let_in(stream); });
    is_in ? let_in(stream) : void(passed_[stream]);
  }
  int passed_most() const { return passed_most_; }
  uint64_t waited() const { return waited_; }

 private:
  static constexpr int kStreams = 10;
  void let_in(int stream) {
    waited_ += passed_.erase(stream);
    for (auto& [waiting, by] : passed_) passed_most_ = std::max(passed_most_, ++by[stream]);
    away_.push_back(stream);
  }
  std::mt19937_64 random_;
  IntakeQueue queue_{8, [] {}};
  Numbered numbered_;
  std::vector<int> order_;
  std::vector<int> away_;
  std::map<int, std::map<int, int>> passed_;
  int passed_most_ = 0;
  uint64_t waited_ = 0;
};

TEST(IntakeQueue, LetsNobodyPassAnotherTwice) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Crowd crowd(seed);
    for (int step = 0; step < 3'000; ++step) crowd.step();
    ASSERT_EQ(crowd.passed_most(), 1) << "seed " << seed;
    ASSERT_GT(crowd.waited(), 100U) << "seed " << seed;
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
