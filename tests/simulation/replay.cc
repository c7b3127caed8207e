#include "tests/simulation/replay.h"

#include "server/runtime/recovery.h"
#include "tests/simulation/witness.h"

namespace lupaus::tests::simulation {

using rules::model::Fact;
using rules::model::Result;

namespace {

struct TicketName {
  std::string_view branch, ticket;
};

/// The ticket that the fact concerns; empty names when none.
TicketName ticket_of(const Fact& fact) {
  return std::visit(
      [](const auto& body) -> TicketName {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, rules::model::Rejected> ||
                      std::is_same_v<Body, rules::model::Quarantined>) {
          return {};
        } else if constexpr (requires { body.event.ticket; }) {
          return {body.event.branch, body.event.ticket};
        } else if constexpr (requires { body.key.ticket; }) {
          return {body.key.branch, body.key.ticket};
        } else if constexpr (requires {
                               body.branch;
                               body.ticket;
                             }) {
          return {body.branch, body.ticket};
        } else {
          return {};
        }
      },
      fact.body);
}

rules::ledger::State fresh(rules::model::Duration forget_after) {
  return {rules::engine::State({1, forget_after}), {}, 1};
}

}  // namespace

Replay::Replay(rules::model::Duration forget_after) : state_(fresh(forget_after)) {
  state_.engine.begin_restore();
}

void Replay::fold(const Fact& fact) {
  const auto name = ticket_of(fact);
  if (!name.ticket.empty()) {
    const auto slot = state_.engine.find_ticket(name.branch, name.ticket);
    std::string key = std::string(name.branch) + '\0' + std::string(name.ticket);
    if (std::holds_alternative<rules::model::Archived>(fact.body) && slot) {
      state_.engine.image(*slot, archived_[key]);
    } else if (!slot && archived_.contains(key)) {
      state_.engine.restore(archived_.at(key));
      archived_.erase(key);
    }
  }
  state_.evolve(fact);
  state_.next_position = fact.position + 1;
  state_.engine.touched().clear();
  state_.engine.deadline_changes().clear();
}

Result<void> Replay::catch_up(const server::runtime::Storage& storage) {
  return storage.read_journal(state_.next_position, [&](std::span<const Fact> facts) {
    for (const auto& fact : facts) {
      chain_ = Witness::chain_on(chain_, fact);
      fold(fact);
    }
    return true;
  });
}

Result<uint64_t> recovered_hash(server::runtime::Storage& storage,
                                rules::model::Duration forget_after, rules::model::Instant now) {
  auto state = fresh(forget_after);
  server::runtime::TicketArchive archive(storage);
  if (auto opened = archive.open(); !opened) return opened.error();
  auto last = server::runtime::recover(storage, archive, state);
  if (!last) return last.error();
  state.engine.finish_restore(now);
  return state.hash();
}

}  // namespace lupaus::tests::simulation
