// What happened to a ticket, as text that a branch manager can read and an auditor can check: each
// event and what it did to the clock, each verdict, and the lines of the promise that made the
// money, to the cent.
#pragma once

#include <string>

#include "rules/ledger/step.h"

namespace lupaus::rules::scenario {

/// The whole story of one ticket as known at `now`: a block for each commitment (in local times of
/// the branch), then the promises that do not run on it and why, then the sum owed. A ticket that
/// left memory is told the same way after State::restore into a state that has folded the books.
std::string explain(const engine::State& state, const ledger::Ledger& ledger,
                    model::TicketSlot slot, model::Instant now);
std::string explain(const ledger::State& state, model::TicketSlot slot, model::Instant now);

/// "17:30.500", with hours "1:17:30.500".
std::string format_clock(model::Duration counted);

/// "promises/p.yaml:16:29", "" when the place is unknown.
std::string format_place(const model::Span& span);

/// What `type` does to the clock of `promise`, given the attributes; `proceed` for types that it
/// does not map.
model::Effect effect_of(const model::Promise& promise, std::string_view type,
                        const model::Scope& scope);

}  // namespace lupaus::rules::scenario
