// Events that come after finality: what they would have changed, had they come in time. Nothing
// final changes by them; a person sees them, and unpaid money waits.
#pragma once

#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// Whether an event at `at` (corrected) could bear on a verdict of the ticket that is final.
bool may_be_late(const engine::Ticket& ticket, model::Instant at);

/// One for each final cycle whose verdict or money would be another with the event than without it.
std::vector<model::LateEvidence> late_evidence(const State& state, const model::Weigh& weigh);

}  // namespace lupaus::rules::ledger
