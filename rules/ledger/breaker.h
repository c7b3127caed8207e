// The breaker of payouts: an hour of a branch in which far more is owed than it was used to keeps
// money back until a person has looked (R97). Verdicts know nothing of it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "rules/model/instant.h"

namespace lupaus::rules::ledger {

/// Why a compensation is held.
inline constexpr std::string_view kBreaker = "breaker";

struct BreakerSettings {
  uint32_t count = 10;  ///< payouts in an hour that never are too many …
  uint32_t factor = 5;  ///< … nor are so many times the habit: the 95th percentile of the hours
  uint32_t fixed = 0;   ///< more than this in an hour are too many in any branch; 0: no such limit
};

/// Counts of the last four weeks, an hour each, by branch. Derived from what was owed: nothing of
/// it is stored, and the order of counting changes nothing.
class Breaker {
 public:
  /// Hours that are remembered of a branch.
  static constexpr size_t kHours = 28UL * 24;
  /// A habit is known after this many hours (R97).
  static constexpr int64_t kHistoryHours = 20LL * 24;

  void count(std::string_view branch, model::Instant owed_at);
  void uncount(std::string_view branch, model::Instant owed_at);
  /// One payout more at `now` goes beyond the settings.
  bool trips(std::string_view branch, model::Instant now, const BreakerSettings& settings) const;

 private:
  struct Habit {
    int64_t first = 0;   ///< the hour in which anything was owed first
    int64_t newest = 0;  ///< the last hour of the ring
    std::array<uint16_t, kHours> counts{};
  };
  static uint16_t* slot(Habit& habit, int64_t hour);

  std::map<std::string, Habit, std::less<>> habits_;
};

}  // namespace lupaus::rules::ledger
