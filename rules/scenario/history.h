// What a server's journal holds for a backtest: the events that it took, and the verdicts and sums
// that it recorded. Fed with facts in the order of their positions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rules/model/fact.h"
#include "rules/model/result.h"
#include "rules/scenario/comparison.h"
#include "rules/scenario/event_log.h"

namespace lupaus::rules::scenario {

/// Use: take all facts, then read. Copies what it keeps.
class History {
 public:
  /// `bytes_max`: how much may be kept in memory. What lies after `as_of` is not kept.
  History(uint64_t bytes_max, std::optional<model::Instant> as_of);

  /// Errors: `too_much_history`, when it would no longer fit.
  model::Result<void> take(std::span<const model::Fact> facts);

  EventLog& log() { return log_; }
  const EventLog& log() const { return log_; }
  const Today& recorded() const { return recorded_; }
  model::Position last_position() const { return last_position_; }  ///< taken; 0: none
  uint64_t later_count() const { return later_count_; }             ///< events after as_of

 private:
  void take(const model::Event& event);
  void take(const model::CommitmentKey& key, const model::Cycle& cycle);

  EventLog log_;
  Today recorded_;
  std::vector<const model::Event*> events_;  ///< of the facts that are being taken
  uint64_t bytes_max_;
  std::optional<model::Instant> as_of_;
  uint64_t event_count_ = 0, later_count_ = 0;
  model::Position last_position_ = 0;
};

}  // namespace lupaus::rules::scenario
