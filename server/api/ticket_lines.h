// The verdict lines of one ticket, from what is in memory of it.
#pragma once

#include "rules/ledger/step.h"
#include "rules/model/instant.h"

namespace lupaus::v1 {
class ExplainTicketResponse;
}

namespace lupaus::server::api {

/// Its label and a line a commitment as of `now`, ascending by promise and cycle, with its money
/// and what people decided.
void add_lines(const rules::ledger::State& state, rules::model::TicketSlot slot,
               rules::model::Instant now, v1::ExplainTicketResponse& response);

}  // namespace lupaus::server::api
