// Whether an event's content is what a book knows that is in force, was when the event happened, or
// will follow: branch, type, ticket form, sender and attributes. Asked by intake, and by a backtest
// for each line of its log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/engine/state.h"

namespace lupaus::rules::engine {

/// Why an event is kept but not applied.
struct EventComplaint {
  std::string_view reason;  ///< "unknown_branch", "bad_attribute" …; static storage
  std::string message;
};

/// nullopt when the content is good. Identity and time are not looked at. There must be a book.
std::optional<EventComplaint> check_event(const State& state, const model::Event& event);

}  // namespace lupaus::rules::engine
