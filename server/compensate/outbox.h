// The outbox: takes what is owed from the journal to the channels until each says what became of
// it. What it has in hand is derived from the ledger, so a restart forgets nothing: owed and
// dispatched compensations are taken up again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/command.h"
#include "server/compensate/channel.h"
#include "server/runtime/clock.h"
#include "server/runtime/engine_loop.h"

namespace lupaus::server::compensate {

struct OutboxSettings {
  /// Of all remote channels; each has a thread. A receiver that takes 100 ms gets ten times as many
  /// a second.
  size_t attempts_at_once_max = 64;
  rules::model::Duration first_pause = std::chrono::seconds(1);
  rules::model::Duration pause_max = std::chrono::hours(1);
  /// This long after its first attempt, without an outcome, a compensation has failed with `outcome
  /// unknown`, and a person says what the receiver told: no attempt follows by itself.
  rules::model::Duration give_up_after = std::chrono::hours(72);
  uint64_t jitter_seed = 0;  ///< 0: any
};

/// What the outbox needs of the rest of the server.
struct OutboxPorts {
  /// Submits; `answer` (any thread) gets an error when the ledger refuses.
  std::function<void(rules::model::Settle, std::function<void(rules::model::Result<void>)> answer)>
      settle;
  /// All compensations that are owed or dispatched; may block.
  std::function<std::vector<rules::ledger::Compensation>()> unsettled;
  /// A sentence for the operator's log; any thread.
  std::function<void(const std::string&)> tell;
  /// One compensation as it stands, on any thread; does not block. nullopt: there is none.
  std::function<void(uint64_t number,
                     std::function<void(std::optional<rules::ledger::Compensation>)> found)>
      look_up;
  /// What a promise says to whom it was broken, for apologies; may block. None: apologies carry no
  /// words of the promise.
  std::function<Wording(const rules::ledger::Compensation&)> wording_of = {};
};
/// Owed or dispatched, approved, with something to deliver, and not yet handed over as a voucher.
bool is_unsettled(const rules::ledger::Compensation& compensation);
/// What a channel has yet to deliver, from `number` on; at most so many are looked at. Gives where
/// to go on; nullopt: that was all.
std::optional<uint64_t> find_unsettled(const rules::ledger::State& state, uint64_t number,
                                       std::vector<rules::ledger::Compensation>& found);
/// Ports onto a running loop, which must outlive the outbox.
OutboxPorts ports_of(runtime::EngineLoop& loop, std::function<void(const std::string&)> tell);

/// Counters since the start, but for `waiting` and `in_flight` (begun, and not yet settled).
struct OutboxFigures {
  uint64_t waiting = 0, in_flight = 0, attempts = 0, settled = 0, failed = 0, unknown = 0,
           given_up = 0;
  uint64_t contradicted = 0;  ///< answers about another sum or another compensation
  /// What waits for a channel that is not there: that which pays, and that which says sorry.
  uint64_t without_webhook = 0, without_apology = 0;
};

/// Owns a thread that decides and threads that deliver, unless it is driven. Thread-safe. Give
/// every committed batch to `follow`, also before `start`. Never decides what is owed.
class Outbox {
 public:
  Outbox(OutboxSettings settings, runtime::Clock& clock, OutboxPorts ports,
         std::vector<std::unique_ptr<Channel>> channels);
  ~Outbox();

  /// A follower of the loop: takes note of what has become owed. Does not block.
  void follow(const runtime::CommittedPtr& committed);
  /// Takes up what is unsettled and begins to deliver. Call once the loop runs.
  void start();
  /// As start(), but without threads: one thread drives the outbox by `turn`.
  void start_driven();
  /// Of a driven outbox: takes one step: what became owed, an attempt, its outcome, an answer of
  /// the ledger. False when there is nothing to do.
  bool turn();
  /// Waits for attempts under way; their outcomes, if not yet recorded, are asked for again after a
  /// restart.
  void stop();

  OutboxFigures figures() const;

 private:
  class Keeper;
  std::shared_ptr<Keeper> keeper_;
};

/// The pause before attempt `attempts + 1`: doubles from `first_pause` to `pause_max`, the upper
/// half of it at random.
rules::model::Duration retry_pause(const OutboxSettings& settings, uint32_t attempts,
                                   uint64_t random);

}  // namespace lupaus::server::compensate
