// Waiting between attempts: it grows, it stays within its bounds, and it is never the same for all.
#include "clients/branch/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lupaus::clients::branch {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DrawsFromARangeThatDoublesUpToItsLimit) {
  int64_t reached = 0;
  int64_t low = 1'000;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Backoff backoff(milliseconds(200), milliseconds(3'000), seed);
    for (const int64_t ceiling : {200, 400, 800, 1'600, 3'000, 3'000}) {
      const milliseconds wait = backoff.next();
      ASSERT_GE(wait.count(), 1) << "seed " << seed;
      ASSERT_LE(wait.count(), ceiling) << "seed " << seed;
      reached = std::max(reached, wait.count() * 1'000 / ceiling);
      low = std::min(low, wait.count() * 1'000 / ceiling);
    }
    backoff.reset();
    ASSERT_LE(backoff.next().count(), 200);
  }
  EXPECT_GT(reached, 950) << "thousandths of the ceiling";
  EXPECT_LT(low, 50) << "thousandths of the ceiling";
}

TEST(Backoff, SpreadsTerminalsThatBreakTogether) {
  std::set<int64_t> waits;
  for (uint64_t seed = 1; seed <= 200; ++seed)
    waits.insert(Backoff(milliseconds(1'000), milliseconds(9'000), seed).next().count());
  EXPECT_GT(waits.size(), 100U);
}

}  // namespace
}  // namespace lupaus::clients::branch
