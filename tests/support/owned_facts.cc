#include "tests/support/owned_facts.h"

#include <deque>
#include <string>
#include <vector>

namespace lupaus::tests::support {
namespace {

using rules::model::Attribute;
using rules::model::Event;

// Deques: what was handed out never moves.
struct Texts {
  std::deque<std::string> texts;
  std::deque<std::vector<Attribute>> attributes;

  std::string_view keep(std::string_view text) { return texts.emplace_back(text); }

  void keep(Event& event) {
    event.source = keep(event.source);
    event.branch = keep(event.branch);
    event.ticket = keep(event.ticket);
    event.type = keep(event.type);
    event.label = keep(event.label);
    auto& list = attributes.emplace_back();
    for (const auto& attribute : event.attributes) {
      list.push_back({keep(attribute.name), keep(attribute.value)});
    }
    event.attributes = list;
  }
};

}  // namespace

OwnedFacts own_facts(std::span<const rules::model::Fact> facts) {
  auto texts = std::make_shared<Texts>();
  OwnedFacts owned{{facts.begin(), facts.end()}, texts};
  for (auto& fact : owned.facts) {
    if (auto* observed = std::get_if<rules::model::Observed>(&fact.body)) {
      texts->keep(observed->event);
    } else if (auto* rejected = std::get_if<rules::model::Rejected>(&fact.body)) {
      texts->keep(rejected->event);
      rejected->reason = texts->keep(rejected->reason);
    } else if (auto* quarantined = std::get_if<rules::model::Quarantined>(&fact.body)) {
      texts->keep(quarantined->event);
      quarantined->reason = texts->keep(quarantined->reason);
    }
  }
  return owned;
}

OwnedEvent own_event(const Event& event) {
  auto texts = std::make_shared<Texts>();
  OwnedEvent owned{event, texts};
  texts->keep(owned.event);
  return owned;
}

}  // namespace lupaus::tests::support
