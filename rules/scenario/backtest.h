// Replays a log of events against a book with complete knowledge: every verdict, and the money
// that would have been owed. Pure, and judged by the same engine and ledger as the server, so that
// the two cannot disagree.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/result.h"
#include "rules/model/verdict.h"
#include "rules/scenario/event_log.h"
#include "rules/scenario/replay.h"

namespace lupaus::rules::scenario {

/// How often each verdict was given.
struct VerdictCounts {
  uint64_t commitments = 0, kept = 0, breached = 0, voided = 0, excused = 0, indeterminate = 0,
           open = 0;
  std::map<model::Currency, model::Money>
      owed;                 ///< by currency; sums that overflow stay at the largest
  uint64_t owed_count = 0;  ///< compensations with something to pay

  bool operator==(const VerdictCounts&) const = default;

  void count(model::Verdict verdict, const std::optional<model::Money>& sum);
  /// Of the verdicts that say whether the promise was kept (kept, breached, excused), those that
  /// do: in thousandths, rounded half up; nullopt when there is none.
  std::optional<uint64_t> kept_permille() const;
};

/// What a line is counted under beside its key.
struct LineGroup {
  uint32_t service = 0;  ///< index in Outcome::services
  uint8_t hour = 0;      ///< local hour of the start, 0 to 23
};

struct Outcome {
  std::optional<model::Instant> as_of;    ///< nullopt: no event and none given
  std::vector<model::VerdictLine> lines;  ///< by (branch, ticket, promise, cycle)
  std::vector<LineGroup> groups;          ///< parallel to the lines
  std::vector<std::string> services;      ///< as captured at the start; "" where none was sent
  VerdictCounts total;
  std::map<std::string, VerdictCounts> by_promise;
  uint64_t events = 0;            ///< judged: at or before as_of, each once
  uint64_t repeated = 0;          ///< known identities with the same content
  uint64_t later = 0;             ///< after as_of
  uint64_t condition_errors = 0;  ///< conditions that were an error, and so false (R12)
  std::optional<model::Instant> first_at, last_at;  ///< of the log's events
  std::map<std::string, LeftOut> left_out;          ///< by reason
  std::string book_hash, tz_version;
};

/// What one evaluation may be told.
struct BacktestOptions {
  std::optional<model::Instant> as_of;  ///< nullopt: the last event
  Proceed proceed;                      ///< may be empty
};

/// Judges an arranged log under `book`. One bad event of a file refuses all of them. The log may be
/// judged under as many books as one likes.
model::Result<Outcome> judge_log(const EventLog& log, const model::BookPtr& book,
                                 const BacktestOptions& options);

/// One file, one book. Use: add every event, then finish once. Single-threaded. Never reads a
/// clock.
class Backtest {
 public:
  /// `file` names the events in complaints.
  Backtest(model::BookPtr book, std::string file) : book_(std::move(book)), log_(std::move(file)) {}

  /// Copies the event; `line` counts from 1 and ascends.
  model::Result<void> add(const model::Event& event, uint64_t line) {
    return log_.add(event, line);
  }

  /// Judges what was added as of `as_of` (nullopt: the last event). One bad event refuses all of
  /// them, naming the first bad line and its field.
  model::Result<Outcome> finish(std::optional<model::Instant> as_of);

 private:
  model::BookPtr book_;
  EventLog log_;
};

}  // namespace lupaus::rules::scenario
