// The wheel against the plainest model: a sorted set of (instant, slot).
#include "server/runtime/deadline_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace lupaus::server::runtime {
namespace {

using rules::model::from_unix_ms;
using rules::model::Instant;
using rules::model::kEndOfTime;
using rules::model::to_unix_ms;
using Entry = DeadlineWheel::Entry;

constexpr int64_t kStart = 1'767'600'000'000;  // 2026-01-05

/// What the wheel must do, done with a set.
class SortedModel {
 public:
  void arm(uint32_t slot, Instant at) {
    disarm(slot);
    if (at == kEndOfTime) return;
    at_[slot] = at;
    all_.insert({at, slot});
  }
  void disarm(uint32_t slot) {
    const auto found = at_.find(slot);
    if (found == at_.end()) return;
    all_.erase({found->second, slot});
    at_.erase(found);
  }
  std::vector<Entry> pop_due(Instant now) {
    std::vector<Entry> due;
    while (!all_.empty() && all_.begin()->at <= now) {
      due.push_back(*all_.begin());
      disarm(due.back().slot);
    }
    return due;
  }
  Instant next() const { return all_.empty() ? kEndOfTime : all_.begin()->at; }
  size_t size() const { return all_.size(); }

 private:
  std::set<Entry> all_;
  std::map<uint32_t, Instant> at_;
};

/// Mostly minutes ahead, some at once or past, some days and months.
int64_t random_delay(std::mt19937_64& random) {
  switch (random() % 8) {
    case 0:
      return -static_cast<int64_t>(random() % 5'000);
    case 1:
      return static_cast<int64_t>(random() % 3);
    case 2:
      return static_cast<int64_t>(random() % (48LL * 3'600'000));
    case 3:
      return static_cast<int64_t>(random() % (90LL * 86'400'000));
    default:
      return static_cast<int64_t>(random() % 1'800'000);
  }
}

int64_t random_step(std::mt19937_64& random) {
  switch (random() % 16) {
    case 0:
      return static_cast<int64_t>(random() % (40LL * 86'400'000));
    case 1:
      return 524'288;
    case 2:
      return static_cast<int64_t>(random() % 7'200'000);
    default:
      return static_cast<int64_t>(random() % 20'000);
  }
}

TEST(DeadlineWheel, PopsWhatASortedSetPops) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    int64_t now = kStart;
    DeadlineWheel wheel(from_unix_ms(now));
    SortedModel model;
    for (int round = 0; round < 300; ++round) {
      for (int change = 0; change < 20; ++change) {
        const auto slot = static_cast<uint32_t>(random() % 500);
        const bool is_disarmed = random() % 4 == 0;
        const Instant at = is_disarmed ? kEndOfTime : from_unix_ms(now + random_delay(random));
        wheel.arm(slot, at);
        model.arm(slot, at);
      }
      now += random_step(random);
      std::vector<Entry> due;
      wheel.pop_due(from_unix_ms(now), 1'000'000, due);
      ASSERT_EQ(due, model.pop_due(from_unix_ms(now)));
      ASSERT_EQ(wheel.armed_count(), model.size());
      ASSERT_LE(wheel.next(), model.next());
      ASSERT_GT(wheel.next(), from_unix_ms(now));
    }
  }
}

TEST(DeadlineWheel, KnowsTheNextInstantExactlyWhenItIsNear) {
  DeadlineWheel wheel(from_unix_ms(kStart));
  EXPECT_EQ(wheel.next(), kEndOfTime);
  wheel.arm(7, from_unix_ms(kStart + 300'000));
  wheel.arm(8, from_unix_ms(kStart + 299'999));
  EXPECT_EQ(wheel.next(), from_unix_ms(kStart + 299'999));
  wheel.disarm(8);
  EXPECT_EQ(wheel.next(), from_unix_ms(kStart + 300'000));
  wheel.arm(7, from_unix_ms(kStart + 86'400'000));
  EXPECT_EQ(wheel.next(), from_unix_ms(kStart + 86'400'000));
}

TEST(DeadlineWheel, NeverPopsAMillisecondEarly) {
  DeadlineWheel wheel(from_unix_ms(kStart));
  std::vector<Entry> due;
  wheel.arm(1, from_unix_ms(kStart + 900'001));
  wheel.pop_due(from_unix_ms(kStart + 900'000), 10, due);
  EXPECT_TRUE(due.empty());
  wheel.pop_due(from_unix_ms(kStart + 900'001), 10, due);
  EXPECT_EQ(due, (std::vector<Entry>{{from_unix_ms(kStart + 900'001), 1}}));
}

TEST(DeadlineWheel, ServesOverdueOnesInOrderAcrossLimits) {
  DeadlineWheel wheel(from_unix_ms(kStart));
  for (uint32_t slot = 0; slot < 100; ++slot)
    wheel.arm(slot, from_unix_ms(kStart + 10 * (100 - slot)));
  std::vector<Entry> due;
  while (wheel.armed_count() > 0) wheel.pop_due(from_unix_ms(kStart + 5'000), 7, due);
  ASSERT_EQ(due.size(), 100U);
  EXPECT_TRUE(std::is_sorted(due.begin(), due.end()));
  EXPECT_EQ(due.front().slot, 99U);
}

TEST(DeadlineWheel, TakesNewDeadlinesWhileALimitHoldsItBack) {
  DeadlineWheel wheel(from_unix_ms(kStart));
  wheel.arm(1, from_unix_ms(kStart + 10));
  wheel.arm(2, from_unix_ms(kStart + 1'000'000'000));
  std::vector<Entry> due;
  wheel.pop_due(from_unix_ms(kStart + 2'000'000'000), 1, due);
  ASSERT_EQ(due.size(), 1U);
  wheel.arm(1, from_unix_ms(kStart + 20));
  wheel.pop_due(from_unix_ms(kStart + 2'000'000'000), 100, due);
  ASSERT_EQ(due.size(), 3U);
  EXPECT_EQ(due[1].slot, 1U);
  EXPECT_EQ(due[2].slot, 2U);
  EXPECT_EQ(wheel.next(), kEndOfTime);
}

}  // namespace
}  // namespace lupaus::server::runtime
