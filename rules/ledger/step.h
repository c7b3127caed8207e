// The whole rules side as one value: engine and ledger folded together, and `step`, the one door
// for commands.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/state.h"
#include "rules/ledger/entities.h"

namespace lupaus::rules::ledger {

/// Compensations, caps and batches. Ordered containers: what is iterated is sorted.
class Ledger {
 public:
  void evolve(const model::Fact& fact);

  const Compensation* find(uint64_t number) const;
  const Compensation* find_voucher(std::string_view code) const;
  const PayoutBatch* find_batch(std::string_view id) const;
  const std::map<uint64_t, Compensation>& compensations() const { return compensations_; }
  const std::map<std::string, PayoutBatch, std::less<>>& batches() const { return batches_; }
  const std::map<std::string, CapCounter, std::less<>>& caps() const { return caps_; }
  uint64_t next_number() const { return next_number_; }
  /// A compensation exists for this commitment.
  bool is_charged(const model::CommitmentKey& key) const;

  void restore(Compensation compensation);
  void restore(CapCounter counter);
  void restore(PayoutBatch batch);
  uint64_t hash() const;

 private:
  void add(const model::Fact& fact, const model::Owed& owed);

  std::map<uint64_t, Compensation> compensations_;
  std::map<model::CommitmentKey, uint64_t> by_commitment_;
  std::map<std::string, uint64_t, std::less<>> vouchers_;
  std::map<std::string, PayoutBatch, std::less<>> batches_;
  std::map<std::string, CapCounter, std::less<>> caps_;
  uint64_t next_number_ = 1;
};

struct State {
  engine::State engine;
  Ledger ledger;
  model::Position next_position = 1;

  /// Folds one fact into both. Facts come in the order of their positions.
  void evolve(const model::Fact& fact);
  uint64_t hash() const;
};

/// What a breach pays before caps, and why: the tariff alone (semantics 4).
struct Tariffed {
  std::optional<model::Money> computed;  ///< nullopt: no tier reached
  std::string clause;
};
Tariffed tariff(const model::Promise& promise, const model::Cycle& cycle);

/// Applies the promise's caps in the order written to `computed`, given what is used up.
model::Owed charge(const Ledger& ledger, const model::Promise& promise,
                   const model::CommitmentKey& key, const model::Cycle& cycle,
                   std::string_view customer, model::LocalDate breached_on);

/// Decides one command alone (no follow-ups).
model::Result<void> decide(const State& state, const model::Command& command, model::Facts& facts);

/// Runs `command` to its end: decide, evolve, and the follow-ups (Judge, Charge) until nothing
/// follows. Facts get their positions and are appended to `facts`; the state has folded them. On an
/// error nothing was recorded.
model::Result<void> step(State& state, const model::Command& command, model::Facts& facts);

/// Decides what the watermarks have settled since the last call. Once a batch is enough.
void settle_watermarks(State& state, model::Instant now, model::Facts& facts);

}  // namespace lupaus::rules::ledger
