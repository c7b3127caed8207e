// Derives what compensations owe once more from a journal: from the events of the tickets, the
// promises and the caps, never from the sums that were recorded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::scenario {

/// What the events say of one compensation.
struct AuditedSum {
  std::optional<model::Money> amount;  ///< nullopt: nothing is owed
  std::string customer;
  /// A person's decision, or evidence that came too late, stands in the place of the events.
  bool is_decided = false;
  /// Why `amount` is absent where one was recorded; static storage.
  std::string_view reason;
};

/// Use: take all facts from the first on, then ask. Keeps open tickets as a server does, and a few
/// dozen bytes a compensation. Single-threaded.
class Audit {
 public:
  Audit();

  /// In the order of their positions.
  void take(std::span<const model::Fact> facts);

  /// Null: no fact owes a compensation of that number.
  const AuditedSum* find(uint64_t number) const;
  model::Position last_position() const { return last_position_; }  ///< taken; 0: none

 private:
  struct Priced {
    ledger::Bill bill;
    bool is_decided = false;
  };
  void take(const model::Owed& owed);
  void take(const model::Released& released);
  std::optional<Priced> price(const model::CommitmentKey& key) const;
  const model::Promise* find_promise(const model::CommitmentKey& key) const;
  AuditedSum charge(uint64_t number, Priced priced);

  engine::State engine_;
  ledger::CapCounters caps_;
  std::vector<AuditedSum> sums_;            ///< by number - 1
  std::map<uint64_t, Priced> not_charged_;  ///< held before any cap was asked
  model::Position last_position_ = 0;
};

}  // namespace lupaus::rules::scenario
