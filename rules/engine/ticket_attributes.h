// The compact attributes of a ticket's events: (u16 name, u16 size, bytes)*, in the order they were
// sent.
#pragma once

#include <cstring>

#include "rules/engine/entities.h"
#include "rules/engine/names.h"

namespace lupaus::rules::engine {

/// Longest value that fits; the wire is limited far below it.
inline constexpr size_t kAttributeValueMax = 65'535;

inline void append_attribute(std::string& bytes, NameIndex name, std::string_view value) {
  const auto index = static_cast<uint16_t>(name);
  const auto size = static_cast<uint16_t>(value.size());
  bytes.append(reinterpret_cast<const char*>(&index), sizeof(index));
  bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(value);
}

/// Calls `visit(name, value)` for each attribute of `event`.
template <typename Visit>
void for_each_attribute(const Ticket& ticket, const TicketEvent& event, const Names& names,
                        Visit visit) {
  const char* at = ticket.attributes.data() + event.attributes_begin;
  const char* const end = at + event.attributes_size;
  while (at < end) {
    uint16_t name = 0;
    uint16_t size = 0;
    std::memcpy(&name, at, sizeof(name));
    std::memcpy(&size, at + sizeof(name), sizeof(size));
    at += sizeof(name) + sizeof(size);
    visit(names.text(name), std::string_view(at, size));
    at += size;
  }
}

}  // namespace lupaus::rules::engine
