// One line a commitment, read back from what was recorded: the live twin of `backtest`. Its lines
// equal those of a backtest over the same events in every key but revision, final and paid_state.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/result.h"
#include "rules/model/verdict.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"

namespace lupaus::server::report {

/// Which commitments. Empty and absent parts match everything.
struct LineFilter {
  std::string branch;
  std::string promise;
  std::optional<rules::model::Instant> from, until;       ///< started_at in [from, until)
  size_t lines_max = std::numeric_limits<size_t>::max();  ///< above it nothing is collected
};

/// The line with what became of the money of its breach: what was declined is not owed.
void show_money(const std::optional<rules::model::Money>& amount, rules::model::PaidState state,
                rules::model::VerdictLine& line);

/// All commitments, ascending (R60): the final ones from the journal, the others as the loop judges
/// them now. Blocks while it walks tickets and journal; call it on no thread of the loop. Errors
/// are damage found while reading, and `too_much_history` above `lines_max`.
rules::model::Result<std::vector<rules::model::VerdictLine>> collect_verdicts(
    runtime::EngineLoop& loop, const runtime::Storage& storage, const LineFilter& filter);

/// The commitments whose final verdict is breached, ascending, with their money. Reads the rows of
/// breaches alone. A clock that still runs is shown as it stood when its breach became final.
rules::model::Result<std::vector<rules::model::VerdictLine>> collect_breaches(
    const runtime::Storage& storage, const LineFilter& filter);

}  // namespace lupaus::server::report
