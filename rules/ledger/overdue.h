// What the calendar does to a payout: the day by which it must be paid, the one second compensation
// where that day passes unpaid (R57), and the end of a voucher that nobody redeemed.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// The local date by which a compensation that became final at `final_at` is to be paid, in the
/// days of the branch's hours; nullopt: none is promised, or no such day comes.
std::optional<model::LocalDate> payout_due_on(const engine::State& state,
                                              const model::Promise& promise,
                                              std::string_view branch, model::Instant final_at);

/// The instant at which a limit that began at `from` is over, in the days of the branch's hours;
/// nullopt: no such day comes.
std::optional<model::Instant> end_of_limit(const engine::State& state, const model::Limit& limit,
                                           std::string_view branch, model::Instant from);

/// The end of the oldest voucher that expired unredeemed at `now`, to be recorded at once: it is
/// void, and its debt is declined. Empty: none has.
std::vector<model::FactBody> take_expired_voucher(State& state, model::Instant now);

/// What is owed for the oldest payout that is overdue at `now`, to be recorded at once; nullopt:
/// none is.
std::optional<model::Owed> take_late_payment(State& state, model::Instant now);

}  // namespace lupaus::rules::ledger
