#include "server/api/held_verdicts.h"

#include "rules/ledger/reviews.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server::api {

void add_held_verdicts(const rules::ledger::State& state, rules::model::TicketSlot slot,
                       rules::model::Instant now, HeldBySource& held) {
  std::vector<rules::ledger::Pending> waiting;
  rules::ledger::pending(state, slot, now, waiting);
  for (const auto& one : waiting) {
    for (const auto* source : state.engine.held_by(one.key.branch, one.waits_for)) {
      HeldVerdicts& sum = held[source->id];
      sum.told_until = source->watermark;
      ++sum.count;
      if (one.at_stake) sum.at_stake[one.at_stake->currency] += one.at_stake->minor;
    }
  }
}

HeldBySource held_verdicts(runtime::EngineLoop& loop, rules::model::Instant now) {
  HeldBySource held;
  runtime::visit_tickets(loop,
                         [&](const rules::ledger::State& state, rules::model::TicketSlot slot) {
                           add_held_verdicts(state, slot, now, held);
                         });
  return held;
}

}  // namespace lupaus::server::api
