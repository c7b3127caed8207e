// Figures for managers, kept up to date as the journal grows: how many commitments were kept and
// broken, and what that cost, by branch, promise, service, local day and hour. A projection: it
// follows facts by position, may lag by a moment, and can always be made again from the journal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/model/promise.h"
#include "rules/model/result.h"
#include "server/report/rollup_totals.h"
#include "server/runtime/clock.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"

namespace lupaus::server::report {

/// What lines are grouped by. day ("2026-01-05"), hour ("09"), weekday ("1" is Monday) and month
/// ("2026-01") are local to the branch, of the clock's start.
enum class Dimension : uint8_t {
  branch,
  promise,
  service,
  segment,
  source,
  day,
  hour,
  weekday,
  month
};
std::optional<Dimension> find_dimension(std::string_view text);

/// Empty and absent parts match everything.
struct RollupFilter {
  std::string branch, promise, service;
  std::optional<rules::model::LocalDate> from, until;  ///< local days, until inclusive
};

struct RollupLine {
  std::vector<std::string> group;  ///< one text a dimension, in the order asked for
  RollupTotals totals;
  bool operator==(const RollupLine&) const = default;
};

struct RollupQuestion {
  std::vector<Dimension> by;
  RollupFilter filter;
  size_t lines_max = SIZE_MAX;  ///< above it the question is refused
};
struct RollupAnswers {
  rules::model::Position position = 0;         ///< everything up to here is counted
  std::vector<std::vector<RollupLine>> lines;  ///< one a question
};

struct RollupSettings {
  uint64_t flush_facts_max = 200'000;  ///< a restart reads at most about this many facts again
  rules::model::Duration flush_every = std::chrono::seconds(5);
  /// Breaches and compensations in memory between writes; more are read again where they change.
  size_t kept_max = 100'000;
  size_t queued_batches_max =
      1'024;  ///< above it batches are let go and read from the journal instead
};

/// Owns one thread. Thread-safe. Writes only its own derived rows.
class Rollups {
 public:
  Rollups(RollupSettings settings, runtime::Clock& clock, runtime::Storage& storage);
  ~Rollups();

  /// A follower of the loop; does not block. May be called before `start`.
  void follow(const runtime::CommittedPtr& committed);
  /// Loads its rows, catches up with the journal, and goes on following. Blocks until it has caught
  /// up.
  rules::model::Result<void> start();
  /// Finishes what is queued and writes its rows.
  void stop();

  /// Everything up to here is counted. Shown as the metric
  /// lupaus_projection_position{projection="rollups"}.
  rules::model::Position position() const;
  /// Why it stopped following, when it did: damage in the journal or a failed write. Empty while
  /// all is well.
  std::string failure() const;
  /// Blocks until `position` is counted. Errors: "storage" when it has failed, "stopping" when it
  /// has stopped before: its figures are old then, and nobody is to take them for new ones.
  rules::model::Result<void> wait_for(rules::model::Position position);

  /// Lines ascending by group. No dimensions: one line, the grand total.
  std::vector<RollupLine> summarize(std::span<const Dimension> by,
                                    const RollupFilter& filter) const;
  /// Answers to several questions at one position. Error "too_many_lines" of the first that has
  /// more than its limit.
  rules::model::Result<RollupAnswers> summarize(std::span<const RollupQuestion> questions) const;

 private:
  class Follower;
  std::unique_ptr<Follower> follower_;
};

}  // namespace lupaus::server::report
