// The outcome of a backtest counted by promise, branch, service and hour of the day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/scenario/backtest.h"

namespace lupaus::rules::scenario {

/// Hours are those of the branch in which the commitment started.
enum class Dimension : uint8_t { promise, branch, service, hour };
std::string_view format_dimension(Dimension dimension);  ///< "hour"
std::optional<Dimension> find_dimension(std::string_view text);

struct BreakdownRow {
  std::vector<std::string> keys;  ///< one a dimension; "09" for an hour, "" where none was sent
  VerdictCounts counts;
};

/// Ascending by keys. Every line is counted in exactly one row.
std::vector<BreakdownRow> break_down(const Outcome& outcome, std::span<const Dimension> by);

}  // namespace lupaus::rules::scenario
