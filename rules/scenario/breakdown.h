// The outcome of a backtest counted by promise, branch, service and hour of the day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/scenario/backtest.h"
#include "rules/scenario/comparison.h"

namespace lupaus::rules::scenario {

/// Hours are those of the branch in which the commitment started.
enum class Dimension : uint8_t { promise, branch, service, hour };
std::string_view format_dimension(Dimension dimension);  ///< "hour"
std::optional<Dimension> find_dimension(std::string_view text);

struct BreakdownRow {
  std::vector<std::string> keys;  ///< one a dimension; "09" for an hour, "" where none was sent
  VerdictCounts counts;
  VerdictCounts
      today;  ///< what today's promise says of them, where that is final; 0 if not compared
  uint64_t newly_breached = 0, no_longer_breached = 0;  ///< 0 if not compared
};

/// Ascending by keys. Every line is counted in exactly one row, and so is every commitment that is
/// bound today only: under the service and hour of another line of its ticket, "" where there is
/// none.
/// @param comparison  of this outcome with today's promise; null: nothing is compared
std::vector<BreakdownRow> break_down(const Outcome& outcome, std::span<const Dimension> by,
                                     const Comparison* comparison = nullptr);

}  // namespace lupaus::rules::scenario
