#include "server/api/held_verdicts.h"

#include "rules/ledger/reviews.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server::api {

std::map<std::string, HeldVerdicts> held_verdicts(runtime::EngineLoop& loop,
                                                  rules::model::Instant now) {
  std::map<std::string, HeldVerdicts> held;
  std::vector<rules::ledger::Pending> waiting;
  runtime::visit_tickets(
      loop, [&](const rules::ledger::State& state, rules::model::TicketSlot slot) {
        waiting.clear();
        rules::ledger::pending(state, slot, now, waiting);
        for (const auto& one : waiting) {
          for (const auto* source : state.engine.held_by(one.key.branch, one.waits_for)) {
            HeldVerdicts& sum = held[source->id];
            ++sum.count;
            if (one.at_stake) sum.at_stake[one.at_stake->currency] += one.at_stake->minor;
          }
        }
      });
  return held;
}

}  // namespace lupaus::server::api
