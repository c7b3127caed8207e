// A ticket at rest: some sixty bytes instead of seven hundred, and its way back. What judging the
// events gives again need not be among them.
#pragma once

#include <string>
#include <string_view>

#include "rules/engine/entities.h"

namespace lupaus::rules::engine {

/// What a ticket is found by.
struct TicketName {
  NameIndex branch = 0;
  std::string_view id;
};

/// What is asked of a ticket at rest without unpacking it.
struct TicketGlance {
  TicketName name;
  model::Position first_position = 0;
  model::Instant next_finality = model::kEndOfTime;
  bool is_dirty = false;
};

/// Writes to the front of `room`, which grows as it must, and returns how many bytes it wrote.
/// Without commitments, whoever unpacks the ticket must judge it.
size_t pack(const Ticket& ticket, bool with_commitments, std::string& room);

/// Replaces `ticket`, but keeps the room of its lists. False: its commitments were left out.
bool unpack(const char* bytes, Ticket& ticket);

/// The views live as long as the bytes.
TicketName packed_name(const char* bytes);
TicketGlance packed_glance(const char* bytes);

}  // namespace lupaus::rules::engine
