// What is read ahead comes whole and in order, whoever of the two is slower.
#include "server/runtime/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace lupaus::server::runtime {
namespace {

TEST(ReadAhead, GivesEveryItemInOrder) {
  for (const size_t waiting_max : {1, 2, 3, 8}) {
    for (const int count : {0, 1, 2, 3, 7, 8, 9, 1'000}) {
      SCOPED_TRACE(std::to_string(count) + " items, " + std::to_string(waiting_max) + " waiting");
      ReadAhead<int> ahead(
          [&](const auto& give) {
            for (int i = 0; i < count; ++i) EXPECT_TRUE(give(i));
          },
          waiting_max);
      for (int i = 0; i < count; ++i) ASSERT_EQ(ahead.take(), i);
      EXPECT_EQ(ahead.take(), std::nullopt);
      EXPECT_EQ(ahead.take(), std::nullopt) << "asked again";
    }
  }
}

TEST(ReadAhead, IsNeverFurtherAheadThanAllowed) {
  constexpr int kCount = 1'000, kWaiting = 4;
  std::atomic<int> given = 0;
  ReadAhead<int> ahead(
      [&](const auto& give) {
        for (int i = 0; i < kCount; ++i) {
          give(i);
          ++given;
        }
      },
      kWaiting);
  for (int taken = 0; taken < kCount; ++taken) {
    ASSERT_EQ(ahead.take(), taken);
    ASSERT_LE(given, taken + 1 + kWaiting);
  }
}

TEST(ReadAhead, EndsWhoeverGivesWhenNobodyTakesAnyMore) {
  std::atomic<bool> is_told = false;
  {
    ReadAhead<int> ahead(
        [&](const auto& give) {
          for (int i = 0; give(i); ++i) continue;
          is_told = true;
        },
        3);
    EXPECT_EQ(ahead.take(), 0);
  }
  EXPECT_TRUE(is_told);
}

}  // namespace
}  // namespace lupaus::server::runtime
