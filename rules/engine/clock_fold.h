// The running clock inside one judgement: begins, pauses and ends cycles, and measures them when
// they end. Lives for one call of judge().
#pragma once

#include <optional>
#include <vector>

#include "rules/engine/counting.h"
#include "rules/engine/judge.h"

namespace lupaus::rules::engine {

class ClockFold {
 public:
  ClockFold(const Line& line, const TicketView& view, const Horizon& horizon,
            std::vector<JudgedCycle>& cycles, Findings& findings);

  bool is_running() const { return is_running_; }
  /// Of the running cycle; null while none runs.
  const Revision* revision() const { return is_running_ ? revision_ : nullptr; }
  model::Instant last_end() const { return last_end_; }

  /// Begins the next cycle under `revision` at `at`, if it is in effect and applies there.
  void bind(const Revision& revision, model::Instant at);
  void pause(model::Instant at);
  void resume(model::Instant at);
  /// Ends the running cycle; `restart` begins the next one at once.
  void end(model::End how, model::Instant at);
  /// Ends the running cycle by expiry or retirement if that lies before `before`.
  void force_end(model::Instant before);
  /// Takes up a cycle that runs, as it was judged before; its pauses are told anew.
  void take_up(const Commitment& running);
  /// Takes up after a cycle that has ended and after which none began.
  void end_known(const Commitment& ended);
  /// Takes up after a cycle that is final.
  void go_on_after(const Commitment& final_cycle);
  /// Appends the cycle that still runs, counted up to the horizon.
  void finish();

  /// What a condition of `on` may read at `event`.
  model::Scope scope_of(const TicketEvent& event) const;
  /// Asks a condition of what is true at `at`; an error is counted, and false (R12).
  bool holds(const model::Condition& condition, const model::Scope& scope, model::Instant at) const;

 private:
  model::Condition::Value ask(const model::Condition& condition, const model::Scope& scope,
                              model::Instant at) const;
  void take_context(model::Instant start);
  /// False when the cycle does not begin: `by` names no instant from `at` on.
  bool begin_cycle(model::Instant at);
  std::optional<Unbound::Why> refusal(const Revision& revision, const BranchContext& context,
                                      Unbound& unbound) const;
  std::optional<Unbound::Why> set_limit(model::Instant at);
  model::Duration limit_within(model::Instant at) const;
  bool is_suspended(const Revision& revision, const model::Scope& scope, model::LocalDate date,
                    Unbound& unbound) const;
  Measure measure_until(model::Instant end, bool is_open) const;
  model::Scope scope_at(const BranchContext& context, model::Instant at) const;
  void fill(model::Cycle& cycle, const Measure& measure, model::Instant counted_to) const;
  int16_t excuse_of(const model::Cycle& cycle) const;
  bool excuses(const model::Condition& when, const model::Cycle& cycle) const;
  /// Appends the running cycle as measured; what ended it is filled in where it lies, …
  JudgedCycle& append(model::Instant expires_at, const Measure& measure, model::Instant counted_to);
  /// … and then its excuse and whether it is broken.
  void conclude(model::Cycle& cycle, Measure measure);
  /// When something but an event may end the running cycle: expiry, else retirement.
  struct ForcedEnd {
    model::Instant at{};
    bool is_expiry = false;
  };
  ForcedEnd forced_end() const;
  /// The same as far as it is known now: an expiry that says `continue` ends nothing.
  model::Instant end_in_sight() const;
  /// What the line `expired` says at its instant, of what is known then (R24).
  model::Effect effect_of_expiry(model::Instant at) const;

  const Line& line_;
  const TicketView& view_;
  const Horizon& horizon_;
  std::vector<JudgedCycle>& cycles_;
  Findings& findings_;

  bool is_running_ = false;
  uint32_t number_ = 0;
  const Revision* revision_ = nullptr;
  const BranchContext* context_ = nullptr;
  const calendar::Calendar* calendar_ = nullptr;  ///< of the measure; null: elapsed
  model::Instant started_at_{};
  model::Duration limit_{};
  bool has_outlived_expiry_ = false;  ///< its line said `continue` at its instant
  Intervals pauses_;
  std::optional<model::Instant> paused_since_;
  model::Instant last_end_ = model::kBeginningOfTime;
};

}  // namespace lupaus::rules::engine
