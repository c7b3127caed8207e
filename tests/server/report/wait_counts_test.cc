// Percentiles of counted lengths stay within 1 % of the exact ones, whatever is added and taken
// away.
#include "server/report/wait_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace lupaus::server::report {
namespace {

/// Lengths as queues make them: most short, some very long.
std::vector<int64_t> lengths(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> wait(12.5, 1.0 + static_cast<double>(seed % 3));
  std::vector<int64_t> drawn;
  for (size_t i = 0; i < count; ++i)
    drawn.push_back(static_cast<int64_t>(std::min(wait(random), 1e12)));
  return drawn;
}

TEST(WaitCounts, PercentilesAreWithinOnePercentOfAnExactSort) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    auto drawn = lengths(seed, seed * seed * 7);
    WaitCounts counts;
    for (const int64_t ms : drawn) counts.add(ms);
    std::sort(drawn.begin(), drawn.end());
    for (int percent = 1; percent <= 100; ++percent) {
      const size_t rank = (drawn.size() * static_cast<size_t>(percent) + 99) / 100;
      const int64_t exact = drawn[std::max<size_t>(rank, 1) - 1];
      EXPECT_LE(std::abs(counts.percentile(percent) - exact) * 100, exact)
          << "seed " << seed << " percentile " << percent;
    }
  }
}

TEST(WaitCounts, EveryLengthLiesInItsBucket) {
  std::mt19937_64 random(3);
  int64_t last_end = 0;
  for (uint16_t bucket = 0; bucket < 3'000; ++bucket) {
    EXPECT_EQ(WaitCounts::bucket_begin(bucket), last_end);
    last_end = WaitCounts::bucket_end(bucket);
    EXPECT_GT(last_end, WaitCounts::bucket_begin(bucket));
  }
  for (int i = 0; i < 10'000; ++i) {
    const auto ms = static_cast<int64_t>(random() >> (1 + random() % 62));
    const uint16_t bucket = WaitCounts::bucket_of(ms);
    EXPECT_LE(WaitCounts::bucket_begin(bucket), ms);
    EXPECT_LT(ms, WaitCounts::bucket_end(bucket)) << ms;
  }
}

TEST(WaitCounts, WhatIsTakenAwayWasNeverThere) {
  WaitCounts all, part, rest;
  for (const int64_t ms : lengths(1, 2'000)) all.add(ms), rest.add(ms);
  for (const int64_t ms : lengths(2, 500)) all.add(ms), part.add(ms);
  all.add(part, -1);
  EXPECT_EQ(all, rest);
  all.add(rest, -1);
  EXPECT_TRUE(all.is_empty());
  EXPECT_EQ(all, WaitCounts());
  EXPECT_EQ(all.max_ms(), 0);
}

}  // namespace
}  // namespace lupaus::server::report
