// Step by step for all events: the index, the tickets, what the tickets point to.
#include "rules/engine/look_ahead.h"

#include <limits>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

void look_ahead(const State& state, std::span<const model::Event> events,
                std::vector<TicketSlot>& slots) {
  const State::Inside& in = state.internals();
  slots.assign(events.size(), std::numeric_limits<TicketSlot>::max());
  const auto name_of = [&](const model::Event& event) -> std::optional<TicketName> {
    const auto branch = in.branch_at(event.branch);
    if (!branch || event.ticket.empty()) return std::nullopt;
    return TicketName{in.branches[*branch].name, event.ticket};
  };
  for (const model::Event& event : events) {
    if (const auto name = name_of(event)) in.by_name.prefetch(*name);
  }
  for (size_t i = 0; i < events.size(); ++i) {
    const auto name = name_of(events[i]);
    const auto found = name ? in.by_name.find(*name) : in.by_name.end();
    if (found == in.by_name.end()) continue;
    slots[i] = *found;
    in.tickets.fetch(*found);
  }
  for (const TicketSlot slot : slots) {
    if (slot < in.tickets.size()) in.tickets.fetch_lists(slot);
  }
}

void expect(const State& state, TicketSlot slot) { state.internals().last_ticket = slot; }

}  // namespace lupaus::rules::engine
