// What the calendar does to a payout: the day by which it must be paid, the one second compensation
// where that day passes unpaid (R57), and the end of a voucher that nobody redeemed.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rules/ledger/days.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// When the promised day of its payout is over; nullopt: none is promised.
std::optional<model::Instant> payout_overdue_at(const State& state,
                                                const Compensation& compensation);

/// Whether the promised day of its payout was over at `now` (or when it was paid) before the
/// customer had it: what is reported as missed. A transfer that left in time is not, for a week in
/// which the bank has yet to say when it booked it.
bool is_due_missed(const State& state, const Compensation& compensation, model::Instant now);

/// The end of the oldest voucher that expired unredeemed at `now`, to be recorded at once: it is
/// void, and its debt is declined. Empty: none has.
std::vector<model::FactBody> take_expired_voucher(State& state, model::Instant now);

/// What is owed for the oldest payout that is overdue at `now`, to be recorded at once; nullopt:
/// none is.
std::optional<model::Owed> take_late_payment(State& state, model::Instant now);

}  // namespace lupaus::rules::ledger
