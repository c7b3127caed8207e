// The payout is itself promised: the day by which it must be paid, and the one second compensation
// where that day passes unpaid (R57).
#pragma once

#include <optional>
#include <string_view>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// The local date by which a compensation that became final at `final_at` is to be paid, in the
/// days of the branch's hours; nullopt: none is promised, or no such day comes.
std::optional<model::LocalDate> payout_due_on(const engine::State& state,
                                              const model::Promise& promise,
                                              std::string_view branch, model::Instant final_at);

/// What is owed for the oldest payout that is overdue at `now`, to be recorded at once; nullopt:
/// none is.
std::optional<model::Owed> take_late_payment(State& state, model::Instant now);

}  // namespace lupaus::rules::ledger
