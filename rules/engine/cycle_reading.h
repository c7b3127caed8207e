// What the money of one cycle reads beside the cycle itself: attributes as captured and as at
// settlement, lengths in the clock's measure, and time counted after a tier was reached. Judged
// from the ticket's events again, so that nothing more is kept for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "rules/engine/state.h"

namespace lupaus::rules::engine {

/// Borrows the state, which must not change meanwhile. The cycle is one of a ticket in memory.
class CycleReading {
 public:
  /// `told`: the ticket's branch as it would have been told; null: as it is known.
  CycleReading(const State& state, const Ticket& ticket, const Commitment& commitment,
               const Branch* told = nullptr);
  ~CycleReading();
  CycleReading(const CycleReading&) = delete;
  CycleReading& operator=(const CycleReading&) = delete;

  /// `limit` as a duration of the clock's measure at the start of the cycle (R33).
  model::Duration length(const model::Limit& limit) const;
  /// What `over` of a tier is compared with: counted time, with `by` the time since due (R18).
  model::Duration lateness() const;
  /// Time by the tier's measure from the earliest instant at which its `over` was reached to the
  /// end of the cycle, less pauses, and closings for a calendar clock (R42). Zero if not reached.
  model::Duration accrued(const model::Tier& tier) const;
  /// Local dates begun from that instant to the end: `every: 1 calendar day` (R33).
  int64_t dates_begun(const model::Tier& tier) const;
  /// The attribute as captured at the start of the cycle, or as at settlement (R13, R94); nullopt:
  /// nobody sent it.
  std::optional<std::string_view> attribute(std::string_view name, bool is_final) const;

  /// What measured the cycle. `blocked` ends with it; while it runs, a pause lasts on.
  const Measure& measure() const;

 private:
  struct Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace lupaus::rules::engine
