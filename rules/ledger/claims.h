// Compensations that the customer has to ask for: asked for before they exist, in time, or never.
#pragma once

#include <string_view>
#include <vector>

#include "rules/ledger/bill.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// Why an unclaimed one is declined.
inline constexpr std::string_view kNotClaimed = "not claimed";
/// Why one is held whose claim was made in time and told too late.
inline constexpr std::string_view kClaimToldLate = "claimed in time, told late";

/// The last instant at which what became final at `final_at` can be claimed; nullopt: nobody has
/// to.
std::optional<model::Instant> claim_until(const engine::State& state, const model::Promise& promise,
                                          std::string_view branch, model::Instant final_at);

/// Makes what the bill owes wait for its claim, unless the ticket's events since the start of the
/// cycle hold one by then. To be called before `owed` is recorded, at `final_at`.
void await_claim(const engine::State& state, const engine::Ticket& ticket, const Bill& bill,
                 model::Instant final_at, model::Owed& owed);

/// Which compensations of its ticket the event claims, and by which day they are paid then.
std::vector<model::Claimed> claims_of(const State& state, const model::Observed& observed,
                                      model::Instant now);

/// The compensation that was claimable until some instant before `now`, to be declined at once;
/// nullopt: none was.
std::optional<model::Declined> take_unclaimed(Ledger& ledger, model::Instant now);

/// What Claimed makes of it.
void fold_claim(const model::Claimed& claimed, Compensation& compensation);

/// Of a backtest's bill: the ticket's events do not claim it, and at `as_of` it still can, or no
/// more can, be claimed.
Bill::Claim unclaimed_at(const engine::State& state, const engine::Ticket& ticket, const Bill& bill,
                         model::Instant as_of);

}  // namespace lupaus::rules::ledger
