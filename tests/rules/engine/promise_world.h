// A world of one promise with clauses that a test adds in code, and short words for its events.
#pragma once

#include <functional>

#include "tests/support/rules_world.h"

namespace lupaus::tests {

/// A condition that a test writes as a function of its scope.
class ConditionOf : public rules::model::Condition {
 public:
  explicit ConditionOf(std::function<Value(const rules::model::Scope&)> ask)
      : ask_(std::move(ask)) {}
  Value evaluate(const rules::model::Scope& scope) const override { return ask_(scope); }
  std::string_view text() const override { return "a condition of the test"; }

 private:
  std::function<Value(const rules::model::Scope&)> ask_;
};

enum class Of { ticket, branch, event };

/// `OF.name == "value"`; an error when nobody sent it (R12).
inline rules::model::ConditionPtr is(Of of, std::string name, std::string value) {
  return std::make_shared<ConditionOf>([=](const rules::model::Scope& scope) {
    using Value = rules::model::Condition::Value;
    const auto from = of == Of::ticket   ? scope.ticket
                      : of == Of::branch ? scope.branch
                                         : scope.event;
    const auto* found = rules::model::find_attribute(from, name);
    if (found == nullptr) return Value::error;
    return found->value == value ? Value::yes : Value::no;
  });
}

/// The book of `make_book`, with attributes for tests, after `change` altered its first promise.
inline rules::model::BookPtr book_with(
    const std::function<void(rules::model::Promise&)>& change, const PromiseForm& form = {},
    std::vector<rules::model::DeclaredSource> sources = {},
    const std::function<void(rules::model::Book&)>& change_book = [](auto&) {}) {
  auto book = std::make_shared<rules::model::Book>(*make_book({form}, std::move(sources)));
  change(book->promises.front());
  auto& queue = book->vocabularies.front();
  queue.branch_events.push_back("incident");
  queue.attributes["promised_at"] = {rules::model::AttributeType::time, false};
  queue.attributes["cause"] = {};
  queue.attributes["to_service"] = {};
  queue.branch_attributes["incident"] = {};
  change_book(*book);
  return book;
}

using Attributes = std::vector<std::pair<std::string, std::string>>;

inline OwnedEvent say(std::string type, rules::model::Duration offset, Attributes attributes = {},
                      std::string source = "counter") {
  OwnedEvent event;
  event.source = std::move(source);
  event.ticket = "A1";
  event.type = std::move(type);
  event.at = World::at(offset);
  event.attributes = std::move(attributes);
  return event;
}

inline OwnedEvent say_of_branch(rules::model::Duration offset, std::string incident,
                                std::string source = "counter") {
  auto event = say("incident", offset, {{"incident", std::move(incident)}}, std::move(source));
  event.ticket.clear();
  return event;
}

/// "2026-01-05T07:20:00.000Z": the world's beginning plus `offset`, as an attribute.
inline std::string instant_text(rules::model::Duration offset) {
  return rules::model::format_instant(World::at(offset));
}

/// Tells the events in the order given, each at its instant but never earlier than the ones before;
/// then everything is told up to `until`.
inline void play(World& world, const std::vector<OwnedEvent>& events,
                 rules::model::Duration until = std::chrono::hours(40)) {
  auto now = World::at({});
  for (const auto& event : events) {
    now = std::max(now, event.at);
    world.tick(now);
    world.observe(event, now);
  }
  world.tick(World::at(until));
  world.hear_all(World::at(until), World::at(until));
}

/// The cycles of ticket A1, those that are not final judged at `at`.
inline std::vector<rules::engine::Commitment> cycles(World& world, rules::model::Instant at) {
  const auto slot = world.state().engine.find_ticket("b", "A1");
  if (!slot) return {};
  return world.state().engine.commitments_at(*slot, {at, at});
}

inline std::vector<rules::engine::State::NotBound> not_bound(World& world) {
  const auto slot = world.state().engine.find_ticket("b", "A1");
  return slot ? world.state().engine.not_bound(*slot)
              : std::vector<rules::engine::State::NotBound>{};
}

}  // namespace lupaus::tests
