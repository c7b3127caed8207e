// Walks all tickets without holding up the loop: a chunk of slots a query.
#include <algorithm>
#include <future>

#include "server/runtime/engine_loop.h"

namespace lupaus::server::runtime {

void visit_tickets(
    EngineLoop& loop,
    const std::function<void(const rules::ledger::State&, rules::model::TicketSlot)>& visit) {
  constexpr uint32_t kChunk = 4'096;
  bool is_more = true;
  for (uint32_t first = 0; is_more; first += kChunk) {
    is_more = false;
    auto promise = std::make_shared<std::promise<void>>();
    const auto visited = promise->get_future();
    loop.query(
        [&visit, &is_more, first](const rules::ledger::State& state) {
          const uint32_t end = state.engine.slot_count();
          const uint32_t last = std::min(end, first + kChunk);
          for (uint32_t slot = first; slot < last; ++slot) {
            if (state.engine.is_in_use(slot)) visit(state, slot);
          }
          is_more = last < end;
        },
        [kept = std::move(promise)] { kept->set_value(); });
    // A loop that stops drops the query, which breaks the promise: the wait ends as well.
    visited.wait();
  }
}

}  // namespace lupaus::server::runtime
