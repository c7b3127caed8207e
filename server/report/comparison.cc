#include "server/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lupaus::server::report {
namespace {

constexpr double kZ = 1.959963984540054;  ///< 97.5th percentile of the normal distribution
constexpr double kMillion = 1'000'000.0;

}  // namespace

std::optional<int64_t> rate_ppm(uint64_t kept, uint64_t all) {
  if (all == 0) return std::nullopt;
  return static_cast<int64_t>((kept * 1'000'000 + all / 2) / all);
}

Interval wilson(uint64_t kept, uint64_t all) {
  if (all == 0) return {};
  const auto n = static_cast<double>(all);
  const double p = static_cast<double>(kept) / n;
  const double centre = p + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  const double whole = 1 + kZ * kZ / n;
  const auto ppm = [&](double share) {
    return static_cast<int64_t>(std::llround(std::clamp(share / whole, 0.0, 1.0) * kMillion));
  };
  return {ppm(centre - spread), ppm(centre + spread)};
}

std::string_view format_compared(Compared compared) {
  switch (compared) {
    case Compared::above:
      return "above";
    case Compared::below:
      return "below";
    case Compared::same:
      return "same";
    case Compared::too_few:
      break;
  }
  return "too few";
}

std::vector<BranchStanding> compare(std::span<const Rated> rated) {
  std::vector<BranchStanding> standings(rated.size());
  Rated together;
  for (const Rated& one : rated) together.kept += one.kept, together.all += one.all;
  const int64_t usual = rate_ppm(together.kept, together.all).value_or(0);
  std::vector<size_t> order;
  for (size_t i = 0; i < rated.size(); ++i) {
    BranchStanding& standing = standings[i];
    standing.interval = wilson(rated[i].kept, rated[i].all);
    if (rated[i].all < kEnough) continue;
    standing.compared = standing.interval.low_ppm > usual    ? Compared::above
                        : standing.interval.high_ppm < usual ? Compared::below
                                                             : Compared::same;
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t left, size_t right) {
    return rate_ppm(rated[left].kept, rated[left].all) >
           rate_ppm(rated[right].kept, rated[right].all);
  });
  // The best one left gives its rank to all that chance may have put behind it.
  for (size_t first = 0; first < order.size();) {
    const int64_t low = standings[order[first]].interval.low_ppm;
    const auto rank = static_cast<uint32_t>(first + 1);
    do standings[order[first++]].rank = rank;
    while (first < order.size() && standings[order[first]].interval.high_ppm >= low);
  }
  return standings;
}

}  // namespace lupaus::server::report
