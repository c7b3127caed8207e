// Replays a file of events against a book with complete knowledge: every verdict, and the money
// that would have been owed. Pure, and judged by the same engine and ledger as the server, so that
// the two cannot disagree.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "rules/model/book.h"
#include "rules/model/result.h"
#include "rules/model/verdict.h"
#include "rules/scenario/event_log.h"

namespace lupaus::rules::scenario {

/// How often each verdict was given.
struct VerdictCounts {
  uint64_t commitments = 0, kept = 0, breached = 0, voided = 0, excused = 0, indeterminate = 0,
           open = 0;
  std::map<model::Currency, model::Money>
      owed;                 ///< by currency; sums that overflow stay at the largest
  uint64_t owed_count = 0;  ///< compensations with something to pay

  void count(const model::VerdictLine& line);
};

struct Outcome {
  std::optional<model::Instant> as_of;    ///< nullopt: no event and none given
  std::vector<model::VerdictLine> lines;  ///< by (branch, ticket, promise, cycle)
  VerdictCounts total;
  std::map<std::string, VerdictCounts> by_promise;
  uint64_t events = 0;    ///< judged: at or before as_of, each once
  uint64_t repeated = 0;  ///< known identities with the same content
  uint64_t later = 0;     ///< after as_of
};

/// Use: add every event, then finish once. Single-threaded. Never reads a clock.
class Backtest {
 public:
  /// `file` names the events in complaints.
  Backtest(model::BookPtr book, std::string file);
  ~Backtest();

  /// Copies the event; `line` counts from 1 and ascends.
  model::Result<void> add(const model::Event& event, uint64_t line) {
    return log_.add(event, line);
  }

  /// Judges what was added as of `as_of` (nullopt: the last event). One bad event refuses all of
  /// them, naming the first bad line and its field.
  model::Result<Outcome> finish(std::optional<model::Instant> as_of);

 private:
  struct Settled;

  model::Result<void> fold_events(Outcome& outcome);
  model::Result<void> publish();
  model::BookPtr judged_book() const;
  void judge_tickets(Outcome& outcome, std::vector<Settled>& settled);
  void charge_breaches(Outcome& outcome, std::vector<Settled>& settled);

  model::BookPtr book_;
  EventLog log_;
  ledger::State state_;
  std::shared_ptr<const model::Actor> actor_;
};

}  // namespace lupaus::rules::scenario
