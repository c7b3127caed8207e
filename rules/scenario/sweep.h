// Sweeps: one log, one promise, many limits and sums. The log is decoded once; each cell of the
// grid is what a backtest of the edited promise would say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/scenario/backtest.h"

namespace lupaus::rules::scenario {

/// Above it a sweep is refused: such a grid is read by nobody, and holds a processor for long.
inline constexpr size_t kVariantsMax = 4'096;

/// One clause of a promise and the values that it takes.
struct SweepAxis {
  enum class Clause : uint8_t { within, pay };
  Clause clause = Clause::within;
  size_t tier = 0;   ///< of `pay`
  std::string name;  ///< as written: "within", "pay", "tiers[1].pay"
  std::vector<model::Duration> limits;
  std::vector<int64_t> thousandths;         ///< sums, in thousandths of the currency's unit
  std::optional<model::Currency> currency;  ///< where one was written

  size_t size() const { return clause == Clause::within ? limits.size() : thousandths.size(); }
};

/// "within=5m..20m/1m", "within=5m,10m", "pay=5..20/5", "tiers[1].pay=EUR 20.00,EUR 30.00". A range
/// ends at the last value that does not exceed its end.
model::Result<SweepAxis> parse_sweep(std::string_view text);

struct SweepOptions {
  std::string promise;  ///< "" where the book has one
  std::vector<SweepAxis> axes;
  std::optional<model::Instant> as_of;
  Proceed proceed;  ///< told of variants, not of tickets
};

struct SweepCell {
  std::vector<std::string> values;  ///< one an axis: "15m", "EUR 10.00"
  VerdictCounts counts;             ///< of the promise
};

struct SweepGrid {
  std::string promise;
  std::vector<std::string> axes;   ///< names
  std::vector<SweepCell> cells;    ///< the last axis changes fastest
  std::vector<std::string> notes;  ///< what was edited beside the clauses named
  std::optional<model::Instant> as_of, first_at, last_at;
  uint64_t events = 0;
  std::map<std::string, LeftOut> left_out;  ///< by reason
  std::string book_hash, tz_version;
};

/// The promise with a value of each axis in place. A tier whose `over` is the limit goes with
/// `within`, so far as the tiers stay ascending. Errors: a clause that the promise does not have, a
/// sum that its currency cannot write.
model::Result<model::Promise> edit_promise(const model::Promise& promise,
                                           const std::vector<SweepAxis>& axes,
                                           const std::vector<size_t>& choice);
/// The book with that promise in place of the one of its name.
model::BookPtr replace_promise(const model::Book& book, model::Promise promise);

/// Judges every variant over an arranged log.
model::Result<SweepGrid> sweep_log(const EventLog& log, const model::BookPtr& book,
                                   const SweepOptions& options);

}  // namespace lupaus::rules::scenario
