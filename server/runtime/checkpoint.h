// The rows that go into the same write as the facts: money rows whenever a fact touches them, and a
// bounded sweep of what changed longest ago, so that recovery replays a bounded tail and the loop
// never stops for a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/submission.h"

namespace lupaus::server::runtime {

/// Owned by the engine's thread.
class Checkpoint {
 public:
  Checkpoint(const LoopSettings& settings, const Codec& codec)
      : settings_(settings), codec_(codec) {}

  /// Counts what the batch's facts are, and adds the rows of the compensations, caps and payout
  /// batches they touch.
  void add_ledger_rows(const rules::ledger::State& state, Batch& batch);
  /// Sweeps as much as keeps the tail bounded, and sets where recovery must begin.
  void sweep(rules::ledger::State& state, Batch& batch);
  /// Sweeps up to `limit` tickets and all else that is dirty, whatever the tail: for an orderly
  /// end.
  void sweep_all(rules::ledger::State& state, size_t limit, Batch& batch);

 private:
  static void count(const rules::model::Fact& fact, BatchContents& contents);
  void note(const rules::model::Fact& fact, const rules::ledger::State& state);
  void sweep_tickets(rules::ledger::State& state, size_t limit, Batch& batch);
  void sweep_origins(rules::ledger::State& state, Batch& batch);

  const LoopSettings settings_;
  const Codec& codec_;
  rules::model::Position origins_swept_at_ = 1;
  // Reused between batches:
  std::vector<uint64_t> compensations_;
  std::vector<std::string> caps_, payout_batches_, periods_;
  std::vector<rules::model::TicketSlot> slots_;
  std::vector<const rules::engine::Source*> sources_;
  std::vector<const rules::engine::Branch*> branches_;
  rules::engine::TicketImage image_;
};

}  // namespace lupaus::server::runtime
