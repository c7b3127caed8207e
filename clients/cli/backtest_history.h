// A backtest over the server's own history: the server replays, this end prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/backtest_report.h"

namespace lupaus::clients::cli {

/// What `lupaus backtest` was asked, checked.
struct BacktestRequest {
  std::optional<rules::model::Instant> as_of;
  std::vector<rules::scenario::SweepAxis> axes;  ///< empty: no sweep
  std::vector<std::string> sweeps;               ///< the axes as written
  std::string promise;
  BacktestView view;
};

/// Sends the files, shows progress, prints the result or the complaint. Interrupting it stops the
/// server's work.
void run_over_history(Context& context, const std::vector<std::string>& promises,
                      const BacktestRequest& request);

}  // namespace lupaus::clients::cli
