// Waiting between attempts: it grows, it stays within its bounds, and it is never the same for all.
#include "clients/branch/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace lupaus::clients::branch {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToItsLimitAndStaysInTheUpperHalf) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Backoff backoff(milliseconds(200), milliseconds(3'000), seed);
    for (const int64_t ceiling : {200, 400, 800, 1'600, 3'000, 3'000}) {
      const milliseconds wait = backoff.next();
      ASSERT_GE(wait.count(), ceiling / 2) << "seed " << seed;
      ASSERT_LE(wait.count(), ceiling) << "seed " << seed;
    }
    backoff.reset();
    ASSERT_LE(backoff.next().count(), 200);
  }
}

TEST(Backoff, SpreadsTerminalsThatBreakTogether) {
  std::set<int64_t> waits;
  for (uint64_t seed = 1; seed <= 200; ++seed)
    waits.insert(Backoff(milliseconds(1'000), milliseconds(9'000), seed).next().count());
  EXPECT_GT(waits.size(), 100U);
}

}  // namespace
}  // namespace lupaus::clients::branch
