// Turns what was submitted into facts: the engine's half of the loop. Knows no threads; whoever
// owns it calls it from one thread, and hands the batch to the writer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/skew.h"
#include "rules/ledger/step.h"
#include "server/runtime/checkpoint.h"
#include "server/runtime/deadline_wheel.h"
#include "server/runtime/phase_board.h"
#include "server/runtime/submission.h"
#include "server/runtime/ticket_archive.h"

namespace lupaus::server::runtime {

/// The state, its deadlines and its archive. A batch is begun, given submissions, and finished.
class Decider {
 public:
  Decider(const LoopSettings& settings, Storage& storage, PhaseBoard& board);

  /// Brings back the state and arms the wheel. Once, before all else. Gives the instant of the last
  /// fact.
  rules::model::Result<rules::model::Instant> recover(rules::model::Instant now);

  /// When a batch is decided, and whether the clock that says so can be trusted: while it cannot,
  /// nothing is confirmed.
  struct Moment {
    rules::model::Instant now{};
    bool is_clock_doubtful = false;
  };
  /// What follows goes into `batch`. Rows of batches up to `durable` can be read from the storage.
  void begin(Batch& batch, Moment moment, uint64_t durable);
  /// Decides one submission; gives the number of its events. Drains are not its business.
  size_t decide(Submission& submission);
  /// Decides what watermarks settled, due deadlines and archiving, and adds the rows.
  void finish();
  /// Adds checkpoint rows alone, at most `tickets` of tickets; false when all is swept.
  bool sweep_all(size_t tickets, Batch& batch);

  /// Due now and not served by the batch that was finished.
  bool has_due_left() const;
  /// Of a clock, or of a payout that is promised by a day.
  rules::model::Instant next_deadline() const;
  /// Set once when the storage could not be read; nothing may be decided after.
  const std::optional<rules::model::Error>& damage() const { return damage_; }
  const rules::ledger::State& state() const { return state_; }

 private:
  void decide_intake(Intake& intake);
  void decide_command(CommandSubmission& submission);
  /// INVARIANT: a ticket comes back from the archive only for an event that becomes part of it;
  /// else memory would hold a ticket that no fact accounts for.
  bool is_news(const rules::model::Event& event, const Intake& intake) const;
  bool observe(const rules::model::Event& event, const Intake& intake, Intake::Outcome& outcome);
  void serve_due();
  void put_off(rules::model::TicketSlot slot);
  void take_up_put_off();
  void estimate_skew(std::string_view source, std::optional<rules::model::Instant> sent_at,
                     rules::model::Instant received_at);
  void archive_forgettable();
  void arm_changed();

  const LoopSettings settings_;
  Storage& storage_;
  PhaseBoard& board_;
  const std::shared_ptr<const rules::model::Actor> system_;
  rules::ledger::State state_;
  TicketArchive archive_;
  Checkpoint checkpoint_;
  DeadlineWheel wheel_;
  Batch* batch_ = nullptr;
  rules::model::Instant now_ = rules::model::kBeginningOfTime;
  std::optional<rules::model::Error> damage_;
  /// Of each source that says when it sends; begun anew with its epoch and with the process.
  struct Estimate {
    uint64_t epoch = 0;
    rules::engine::SkewEstimator estimator;
  };
  std::map<std::string, Estimate, std::less<>> estimates_;
  /// Deadlines that nothing could follow from while the clock was doubtful.
  std::vector<rules::model::TicketSlot> put_off_;
  rules::model::Command command_;  // reused, like all below
  std::vector<DeadlineWheel::Entry> due_;
  std::vector<rules::model::TicketSlot> forgettable_;
  std::vector<rules::model::TicketSlot> likely_;  ///< tickets of the events that are decided
  rules::engine::TicketImage image_;
};

}  // namespace lupaus::server::runtime
