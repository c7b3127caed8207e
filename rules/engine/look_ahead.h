// Many events are at hand before the first of them is stepped: what their tickets hold is asked of
// memory for all of them, so that the waits pass together.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/engine/state.h"

namespace lupaus::rules::engine {

/// Below this many events it costs more than it saves.
inline constexpr size_t kLookAheadMin = 8;

/// Has the tickets of these events on their way from memory, and finds where each lies; a slot that
/// is never used: it is not there yet. Changes nothing.
void look_ahead(const State& state, std::span<const model::Event> events,
                std::vector<model::TicketSlot>& slots);

struct NamedTicket {
  std::string_view branch, ticket;
};
/// Has these tickets on their way from memory; a name may be empty. Changes nothing.
void look_ahead(const State& state, std::span<const NamedTicket> tickets);

/// The ticket that is asked for next is likely in this slot; wrong is only slower.
void expect(const State& state, model::TicketSlot slot);

}  // namespace lupaus::rules::engine
