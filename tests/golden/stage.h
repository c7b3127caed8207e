// Where the recorded histories are played: a world whose facts are handed over as they come.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/rules_world.h"

namespace lupaus::tests {

class Stage {
 public:
  Stage(World& world, const std::function<void(std::span<const rules::model::Fact>)>& take)
      : world_(world), take_(take) {}

  void happens(rules::model::Duration at, const std::string& ticket, const std::string& type,
               const std::string& customer = "") {
    arrives_late(at, at, ticket, type, customer);
  }
  /// Told at `told`, when it happened at `at`.
  void arrives_late(rules::model::Duration at, rules::model::Duration told,
                    const std::string& ticket, const std::string& type,
                    const std::string& customer = "") {
    OwnedEvent event;
    event.source = type == "issued" ? "kiosk" : "counter";
    event.ticket = ticket;
    event.type = type;
    event.at = World::at(at);
    if (type == "issued") event.attributes.push_back({"service", "cash"});
    if (!customer.empty()) event.attributes.push_back({"customer", customer});
    world_.tick(World::at(told));
    world_.observe(std::move(event), World::at(told));
    hand_over();
  }
  void all_told(rules::model::Duration until) {
    world_.tick(World::at(until));
    world_.hear_all(World::at(until), World::at(until));
    hand_over();
  }
  void asks(rules::model::CommandBody body, rules::model::Duration at,
            const std::string& who = "anna") {
    const auto answered = world_.command(std::move(body), World::at(at), who);
    rules::model::ensure(answered.ok(), "the history asks for nothing that is refused");
    hand_over();
  }
  void hand_over() {
    const auto& facts = world_.facts();
    if (facts.size() == handed_over_) return;
    take_(std::span(facts).subspan(handed_over_));
    handed_over_ = facts.size();
  }
  void archives(rules::model::Duration at) {
    std::vector<rules::model::TicketSlot> slots;
    world_.state().engine.drain_forgettable(World::at(at), 1, slots);
    for (const rules::model::TicketSlot slot : slots)
      asks(rules::model::Archive{slot}, at, "lupaus");
  }
  /// The first compensation by `instrument` that is owed and that no batch has.
  uint64_t owed(rules::model::Instrument instrument) const {
    for (const auto& [number, c] : world_.state().ledger.compensations()) {
      if (c.state == rules::model::PaidState::owed && c.instrument == instrument && c.batch.empty())
        return number;
    }
    rules::model::ensure(false, "the history owes what it settles");
    return 0;
  }

 private:
  World& world_;
  const std::function<void(std::span<const rules::model::Fact>)>& take_;
  size_t handed_over_ = 0;
};

}  // namespace lupaus::tests
