// Derives what compensations owe once more from a journal: from the events of the tickets, the
// promises and the caps, never from the sums that were recorded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
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
  void take(const model::Declined& declined);
  /// What a compensation used up of a cap, by the hash of the cap's key.
  struct Draw {
    size_t cap = 0;
    int64_t minor = 0;
    uint32_t times = 0;
  };
  struct Entry {
    AuditedSum sum;
    absl::InlinedVector<Draw, 1> draws;
  };
  std::optional<Priced> price(const model::CommitmentKey& key) const;
  /// By what was recorded of the cycle, as a person decided of it.
  std::optional<Priced> price_as_decided(const model::CommitmentKey& key) const;
  Entry charge(uint64_t number, Priced priced);

  engine::State engine_;
  ledger::CapCounters caps_;
  std::vector<Entry> entries_;              ///< by number - 1
  std::map<uint64_t, Priced> not_charged_;  ///< held before any cap was asked
  model::Position last_position_ = 0;
};

}  // namespace lupaus::rules::scenario
