// One live board as its watchers see it: running tickets, the branch's day, silent sources. It
// folds what was read of tickets and says what changed since the last answer, each answer
// serialised once for all watchers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/api/board_reading.h"
#include "server/api/held_verdicts.h"

namespace lupaus::v1 {
class BranchToday;
class WatchTicketsResponse;
}  // namespace lupaus::v1

namespace lupaus::server::api {

/// A lupaus.v1.WatchTicketsResponse. Whoever took it may go on behind `sequence`.
struct BoardFrame {
  uint64_t sequence = 0;
  std::string bytes;
};
using BoardFramePtr = std::shared_ptr<const BoardFrame>;

/// When a board was as it is.
struct BoardMoment {
  rules::model::Instant as_of{};
  rules::model::Position position = 0;
  rules::model::Instant watermark = rules::model::kBeginningOfTime;  ///< of one branch alone
};

/// Owned by the feed, used on its thread. Holds the tickets that have something to come, and a
/// count for each that was decided today; never more than the loop has in memory.
class BranchBoard {
 public:
  /// `branch` "" is every branch. `id` is in each answer's `resume` and is another for each board.
  BranchBoard(std::string branch, uint64_t id);

  const std::string& branch() const { return branch_; }

  /// Takes what a ticket is now; tickets of other branches must not be given.
  void apply(TicketReading reading);
  /// The branch's day is `day` now: what was counted in an earlier one is over.
  void turn_day(const std::string& branch, const report::LocalDay& day);
  /// Branches whose day has ended at `now`, and the board's own while it has none.
  std::vector<std::string> days_over(rules::model::Instant now) const;
  /// Those that are silent, all of them.
  void set_silent(const HeldBySource& silent);

  struct Entry {
    std::shared_ptr<const v1::Ticket> shown;  ///< null: only something is to become final
    uint64_t fingerprint = 0;
    rules::model::Instant waits_for = rules::model::kEndOfTime;
    bool is_timed = false;
  };
  using Entries = std::map<report::TicketKey, Entry>;
  /// Tickets that run, wait for something, or change with time.
  const Entries& entries() const { return entries_; }

  /// What changed since the last call, in as many answers as its size asks for; none when nothing
  /// did, or with `is_heartbeat` one.
  std::vector<BoardFramePtr> changes(const BoardMoment& moment, bool is_heartbeat);
  /// The whole board as after the last change, in one answer or more; whoever took them all goes on
  /// behind the last one's sequence.
  std::vector<BoardFramePtr> whole(const BoardMoment& moment) const;
  uint64_t last_sequence() const { return sequence_; }
  /// The sequence that `resume` names, when it is of this board; any thread.
  std::optional<uint64_t> sequence_of(std::string_view resume) const;

 private:
  struct Day {
    report::LocalDay day;
    report::DayCount sum;
    std::unordered_map<std::string, report::DayCount> counts;  ///< by ticket
    bool is_changed = true;
  };
  void count(const TicketReading& reading);
  void stamp(const BoardMoment& moment, v1::WatchTicketsResponse& message) const;
  BoardFramePtr seal(v1::WatchTicketsResponse& message, uint64_t sequence) const;
  void add_silent(v1::WatchTicketsResponse& message) const;
  static void add_day(const std::string& branch, const Day& day, v1::WatchTicketsResponse& message);

  const std::string branch_;
  const uint64_t id_;
  Entries entries_;
  std::map<report::TicketKey, std::shared_ptr<const v1::Ticket>> changed_;  ///< null: gone
  std::map<std::string, Day> days_;
  std::string silent_;  ///< lupaus.v1.SilentSources
  bool is_silent_changed_ = false;
  uint64_t sequence_ = 1;
};

}  // namespace lupaus::server::api
