// Step by step for all events: the index, the tickets, what the tickets point to.
#include "rules/engine/look_ahead.h"

#include <limits>

#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {
namespace {

/// Of what names a ticket by `branch` and `ticket`; nullopt: there is no such ticket.
template <typename Naming>
std::optional<TicketName> name_of(const State::Inside& in, const Naming& naming) {
  if (naming.ticket.empty()) return std::nullopt;
  const auto branch = in.branch_at(naming.branch);
  if (!branch) return std::nullopt;
  return TicketName{in.branches[*branch].name, naming.ticket};
}

}  // namespace

void look_ahead(const State& state, std::span<const model::Event> events,
                std::vector<TicketSlot>& slots) {
  const State::Inside& in = state.internals();
  slots.assign(events.size(), std::numeric_limits<TicketSlot>::max());
  for (const model::Event& event : events) {
    if (const auto name = name_of(in, event)) in.by_name.prefetch(*name);
  }
  for (size_t i = 0; i < events.size(); ++i) {
    const auto name = name_of(in, events[i]);
    const auto found = name ? in.by_name.find(*name) : in.by_name.end();
    if (found == in.by_name.end()) continue;
    slots[i] = *found;
    in.tickets.fetch(*found);
  }
  for (const TicketSlot slot : slots) {
    if (slot < in.tickets.size()) in.tickets.fetch_lists(slot);
  }
}

void look_ahead(const State& state, std::span<const NamedTicket> tickets) {
  const State::Inside& in = state.internals();
  for (const NamedTicket& ticket : tickets) {
    if (const auto name = name_of(in, ticket)) in.by_name.prefetch(*name);
  }
  for (const NamedTicket& ticket : tickets) {
    const auto name = name_of(in, ticket);
    const auto found = name ? in.by_name.find(*name) : in.by_name.end();
    if (found != in.by_name.end()) in.tickets.fetch(*found);
  }
}

void expect(const State& state, TicketSlot slot) { state.internals().last_ticket = slot; }

}  // namespace lupaus::rules::engine
