// Verdicts whose time has come and that wait for a source to tell what it knows, and what hangs on
// them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rules/ledger/step.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

struct HeldVerdicts {
  rules::model::Instant told_until = rules::model::kBeginningOfTime;  ///< the source's watermark
  uint64_t count = 0;
  /// What the breaches would pay.
  std::map<rules::model::Currency, rules::model::MinorSum> at_stake;
};
using HeldBySource = std::map<std::string, HeldVerdicts>;  ///< by the source's id

/// Adds those of one ticket, as of `now`.
void add_held_verdicts(const rules::ledger::State& state, rules::model::TicketSlot slot,
                       rules::model::Instant now, HeldBySource& held);

/// By each source that holds some, as of `now`. Walks all tickets in chunks; not on a thread of the
/// loop.
HeldBySource held_verdicts(runtime::EngineLoop& loop, rules::model::Instant now);

}  // namespace lupaus::server::api
