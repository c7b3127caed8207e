// What a rate says of a branch: its interval, whether it stands out, and its rank among the others.
// Differences that chance explains are not ranked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace lupaus::server::report {

/// Below so many kept and breached a rate says nothing of a branch: its interval would be wider
/// than a tenth on both sides.
inline constexpr uint64_t kEnough = 30;

/// Shares in millionths.
struct Interval {
  int64_t low_ppm = 0;
  int64_t high_ppm = 1'000'000;
};

/// Kept of all in millionths, rounded half up; nullopt: of none.
std::optional<int64_t> rate_ppm(uint64_t kept, uint64_t all);

/// The 95 % interval of Wilson (1927) for `kept` of `all`; the whole range where `all` is 0.
Interval wilson(uint64_t kept, uint64_t all);

/// One branch among others.
struct Rated {
  uint64_t kept = 0, all = 0;
};
enum class Compared : uint8_t { too_few, above, below, same };
std::string_view format_compared(Compared compared);  ///< "too few", "above" …

struct BranchStanding {
  Interval interval;
  Compared compared = Compared::too_few;  ///< with all of them together
  uint32_t rank = 0;  ///< from 1, shared by those whose intervals reach into the best one's left;
                      ///< 0: too few to tell
};
/// As many as `rated`, in its order.
std::vector<BranchStanding> compare(std::span<const Rated> rated);

}  // namespace lupaus::server::report
