// Rates with their intervals: what stands out, and what chance explains.
#include "server/report/comparison.h"

#include <gtest/gtest.h>

namespace lupaus::server::report {
namespace {

TEST(Wilson, EqualsKnownIntervals) {
  // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  EXPECT_NEAR(wilson(81, 263).low_ppm, 255'300, 100);
  EXPECT_NEAR(wilson(81, 263).high_ppm, 366'200, 100);
  EXPECT_NEAR(wilson(15, 148).low_ppm, 62'400, 100);
  EXPECT_NEAR(wilson(15, 148).high_ppm, 160'500, 100);
  EXPECT_EQ(wilson(0, 20).low_ppm, 0);
  EXPECT_NEAR(wilson(0, 20).high_ppm, 161'100, 100);
  EXPECT_NEAR(wilson(1, 29).low_ppm, 6'100, 100);
  EXPECT_NEAR(wilson(1, 29).high_ppm, 171'800, 100);
  EXPECT_EQ(wilson(0, 0).high_ppm, 1'000'000);
}

TEST(Comparison, RanksNothingThatChanceExplains) {
  const Rated rated[] = {{950, 1'000}, {945, 1'000}, {800, 1'000}, {29, 29}, {0, 0}, {790, 1'000}};
  const auto standings = compare(rated);
  EXPECT_EQ(standings[0].rank, 1u);
  EXPECT_EQ(standings[1].rank, 1u);
  EXPECT_EQ(standings[2].rank, 3u);
  EXPECT_EQ(standings[5].rank, 3u);
  EXPECT_EQ(standings[0].compared, Compared::above);
  EXPECT_EQ(standings[2].compared, Compared::below);
  EXPECT_EQ(standings[3].rank, 0u);
  EXPECT_EQ(standings[3].compared, Compared::too_few);
  EXPECT_EQ(standings[4].compared, Compared::too_few);
}

TEST(Comparison, SameRatesShareTheFirstRank) {
  const Rated rated[] = {{90, 100}, {180, 200}, {45, 50}};
  for (const auto& standing : compare(rated)) {
    EXPECT_EQ(standing.rank, 1u);
    EXPECT_EQ(standing.compared, Compared::same);
  }
}

TEST(Comparison, NeedsThirtyToTell) {
  const Rated rated[] = {{29, 29}, {30, 30}, {500, 1'000}};
  const auto standings = compare(rated);
  EXPECT_EQ(standings[0].compared, Compared::too_few);
  EXPECT_EQ(standings[0].rank, 0u);
  EXPECT_EQ(standings[1].compared, Compared::above);
  EXPECT_EQ(standings[1].rank, 1u);
}

TEST(Comparison, RatesAreRounded) {
  EXPECT_EQ(rate_ppm(1, 3), 333'333);
  EXPECT_EQ(rate_ppm(2, 3), 666'667);
  EXPECT_EQ(rate_ppm(3, 3), 1'000'000);
  EXPECT_EQ(rate_ppm(0, 3), 0);
  EXPECT_EQ(rate_ppm(0, 0), std::nullopt);
}

}  // namespace
}  // namespace lupaus::server::report
