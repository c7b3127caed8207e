// The compact attributes of a ticket's events: (u16 word, u16 size, bytes)*, in the order they were
// sent.
#pragma once

#include <cstring>

#include "rules/engine/entities.h"
#include "rules/engine/names.h"

namespace lupaus::rules::engine {

/// Longest value that fits; the wire is limited far below it.
inline constexpr size_t kAttributeValueMax = 65'535;

inline void append_attribute(std::string& bytes, WordIndex name, std::string_view value) {
  const uint16_t head[] = {name, static_cast<uint16_t>(value.size())};
  bytes.append(reinterpret_cast<const char*>(head), sizeof(head));
  bytes.append(value);
}

/// Calls `visit(word, value)` for each of these attributes.
template <typename Visit>
void for_each_packed_attribute(std::string_view attributes, Visit visit) {
  const char* at = attributes.data();
  const char* const end = at + attributes.size();
  while (at < end) {
    WordIndex name = 0;
    uint16_t size = 0;
    std::memcpy(&name, at, sizeof(name));
    std::memcpy(&size, at + sizeof(name), sizeof(size));
    at += sizeof(name) + sizeof(size);
    visit(name, std::string_view(at, size));
    at += size;
  }
}

inline std::string_view attributes_of(const Ticket& ticket, const TicketEvent& event) {
  return {ticket.attributes.data() + event.attributes_begin, event.attributes_size};
}

/// Calls `visit(name, value)` for each attribute of `event`.
template <typename Visit>
void for_each_attribute(const Ticket& ticket, const TicketEvent& event, const Names& names,
                        Visit visit) {
  for_each_packed_attribute(
      attributes_of(ticket, event),
      [&](WordIndex name, std::string_view value) { visit(names.text(name), value); });
}

}  // namespace lupaus::rules::engine
