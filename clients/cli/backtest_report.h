// How a backtest is printed: lines, tables, what changes, and the grid of a sweep. Knows nothing of
// where the events came from.
#pragma once

#include <optional>
#include <vector>

#include "clients/cli/context.h"
#include "rules/scenario/breakdown.h"
#include "rules/scenario/comparison.h"
#include "rules/scenario/sweep.h"

namespace lupaus::clients::cli {

/// Said with every result: what a replay cannot know.
inline constexpr const char* kAssumption =
    "Queues are taken as they were: what staff or customers would have done under another promise "
    "is not modelled.";

/// What the caller asked to see.
struct BacktestView {
  std::vector<rules::scenario::Dimension> by;  ///< not empty: this table in place of the lines
  bool is_changes_only = false;                ///< the changes in place of the lines
};

struct BacktestResult {
  rules::scenario::Outcome outcome;
  std::optional<rules::scenario::Today> today;  ///< nullopt: nothing to compare with
};

/// Data on stdout in the form asked for; the summary with it for people and in JSON, else on
/// stderr.
void print_result(const Context& context, const BacktestResult& result, const BacktestView& view);
void print_grid(const Context& context, const rules::scenario::SweepGrid& grid);

}  // namespace lupaus::clients::cli
