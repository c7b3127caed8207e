// What the ruling book says of an event type, and what was found of an event while it was decided.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/engine/entities.h"
#include "rules/model/book.h"

namespace lupaus::rules::engine {

/// What a book says of an event type.
struct EventType {
  bool is_ticket_event = false;
  bool is_branch_event = false;
  bool is_engine_only = false;  ///< `expired`
  struct Attribute {
    std::string_view name;  ///< lives as long as the book, as the other does
    const model::AttributeSpec* spec = nullptr;
    WordIndex index = 0;  ///< of the name, where the ruling book says so
  };
  std::vector<Attribute> ticket_attributes;  ///< that it may carry as a ticket event …
  std::vector<Attribute> branch_attributes;  ///< … and as a branch event
  /// Memo: where the first ones of the last event were found. WHY: events of a type name the same
  /// attributes in the same order.
  mutable std::array<uint16_t, 4> usual{};
};

EventType event_type_of(const model::Book& book, std::string_view name);

/// Where the state keeps what an event names, found while it was decided, so that folding its fact,
/// which follows at once, looks nothing up again. Whether a fact is of that event is told by where
/// its names lie in memory.
struct Resolved {
  bool is_fresh = false;  ///< nothing was folded since
  model::Event event;     ///< its views are compared, never read
  uint32_t source = 0, branch = 0;
  WordIndex type = 0;
  std::array<WordIndex, 4> attributes{};  ///< of the first four; those that there are

  bool is_of(const model::Event& other) const {
    const auto lies_there = [](std::string_view a, std::string_view b) {
      return a.data() == b.data() && a.size() == b.size();
    };
    return is_fresh && event.sequence == other.sequence &&
           event.attributes.data() == other.attributes.data() &&
           event.attributes.size() == other.attributes.size() &&
           lies_there(event.source, other.source) && lies_there(event.branch, other.branch) &&
           lies_there(event.type, other.type) && lies_there(event.ticket, other.ticket);
  }
};

}  // namespace lupaus::rules::engine
