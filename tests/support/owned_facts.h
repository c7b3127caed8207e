// Deep copies of facts: the views of events point into memory that the copy owns, so that a test
// may keep facts for as long as it likes.
#pragma once

#include <memory>
#include <span>

#include "rules/model/fact.h"

namespace lupaus::tests::support {

/// Facts and what their views point into; copies share it.
struct OwnedFacts {
  rules::model::Facts facts;
  std::shared_ptr<const void> storage;
};

/// Books and actors are shared, not copied: they never change.
OwnedFacts own_facts(std::span<const rules::model::Fact> facts);

/// An event of its own, kept alive by `storage`.
struct OwnedEvent {
  rules::model::Event event;
  std::shared_ptr<const void> storage;
};
OwnedEvent own_event(const rules::model::Event& event);

}  // namespace lupaus::tests::support
