// The payout is itself promised: the day by which it must be paid, and the one second compensation
// where that day passes unpaid (R57).
#pragma once

#include <optional>

#include "rules/ledger/days.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// Whether the promised day of its payout was over at `now` (or when it was paid) before the
/// customer had it: what is reported as missed.
bool is_due_missed(const engine::State& state, const Compensation& compensation,
                   model::Instant now);

/// What is owed for the oldest payout that is overdue at `now`, to be recorded at once; nullopt:
/// none is.
std::optional<model::Owed> take_late_payment(State& state, model::Instant now);

}  // namespace lupaus::rules::ledger
