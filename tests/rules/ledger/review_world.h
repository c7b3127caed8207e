// One customer's tickets under one promise, told by a kiosk, and a person who decides of them.
#pragma once

#include <string>

#include "tests/support/rules_world.h"

namespace lupaus::tests {

inline OwnedEvent event(std::string ticket, std::string type, rules::model::Duration offset,
                        std::string source = "kiosk") {
  OwnedEvent e;
  e.source = std::move(source);
  e.ticket = std::move(ticket);
  e.type = std::move(type);
  e.at = World::at(offset);
  e.attributes = {{"customer", "c-1"}};
  return e;
}

inline rules::model::CommitmentKey key(std::string ticket) {
  return {"b", std::move(ticket), "p15", 1, 1};
}

/// Three hours after nine; the code of the refusal, "" for none.
inline std::string decide(World& world, const std::string& ticket, rules::model::Verdict verdict,
                          std::string reason = "the camera shows it") {
  const auto decided =
      world.command(rules::model::DecideReview{key(ticket), verdict, std::move(reason), "cam-7"},
                    World::at(std::chrono::hours(3)));
  return decided.ok() ? "" : decided.error().code;
}

}  // namespace lupaus::tests
