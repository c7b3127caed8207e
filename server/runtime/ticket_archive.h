// Tickets that have left memory. A late event, or a fact of the journal's tail, brings one back
// before it is folded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/ledger/step.h"
#include "server/runtime/storage.h"

namespace lupaus::server::runtime {

/// Owned by the engine's thread. Remembers rows that are decided and not yet durable, since the
/// storage cannot give them back.
class TicketArchive {
 public:
  explicit TicketArchive(Storage& storage) : storage_(storage) {}

  /// Looks whether anything is archived at all.
  rules::model::Result<void> open();
  bool is_empty() const { return is_empty_; }

  /// Restores the ticket when it is unknown to the state and archived. An error says what is
  /// damaged.
  rules::model::Result<void> bring_back(rules::engine::State& state, std::string_view branch,
                                        std::string_view ticket);
  /// Adds the rows that move `image` from the snapshot to the archive.
  void put(const rules::engine::TicketImage& image, uint64_t batch, std::vector<Row>& rows);
  /// Every row put by a batch up to this one can be read from the storage.
  void forget_durable(uint64_t batch);

 private:
  struct Pending {
    std::string value;
    uint64_t batch = 0;
  };
  Storage& storage_;
  std::unordered_map<std::string, Pending> pending_;  ///< by key; only looked up and purged
  std::string key_;
  bool is_empty_ = true;
};

/// The ticket whose engine state the fact changes; empty names when none. Views into the fact.
struct TicketName {
  std::string_view branch, ticket;
};
TicketName ticket_of(const rules::model::Fact& fact);

/// Key of a ticket's snapshot row: its first position, big-endian.
std::string snapshot_key(rules::model::Position first_position);

}  // namespace lupaus::server::runtime
