// The state as the journal alone gives it, folded fact by fact from the first; and as rows and tail
// give it. Both must be what is live.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "rules/ledger/step.h"
#include "server/runtime/storage.h"

namespace lupaus::tests::simulation {

/// Follows one journal from its first position; survives the servers that write it.
class Replay {
 public:
  explicit Replay(rules::model::Duration forget_after);

  /// Reads what it has not seen. An error says what is damaged.
  rules::model::Result<void> catch_up(const server::runtime::Storage& storage);
  rules::model::Position last() const { return state_.next_position - 1; }
  uint64_t hash() const { return state_.hash(); }
  const rules::ledger::State& state() const { return state_; }
  /// Witness::chain_on over what was read.
  uint64_t chain() const { return chain_; }

 private:
  void fold(const rules::model::Fact& fact);

  rules::ledger::State state_;
  std::map<std::string, rules::engine::TicketImage> archived_;
  uint64_t chain_ = 0;
};

/// What a restart would begin with at `now`: its hash.
rules::model::Result<uint64_t> recovered_hash(server::runtime::Storage& storage,
                                              rules::model::Duration forget_after,
                                              rules::model::Instant now);

}  // namespace lupaus::tests::simulation
