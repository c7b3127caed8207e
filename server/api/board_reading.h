// What the loop says of one ticket when the live board asks: a copy that leaves the loop, made in
// bounded slices.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/report/branch_day.h"
#include "server/report/live_board.h"

namespace lupaus::v1 {
class Ticket;
}

namespace lupaus::server::api {

struct TicketReading {
  report::TicketKey key;
  bool is_known = false;              ///< false: it is in memory no more
  std::shared_ptr<v1::Ticket> shown;  ///< null: no clock of its runs
  /// Something of it is not final, and the earliest instant that this waits for.
  bool is_unfinished = false;
  rules::model::Instant waits_for = rules::model::kEndOfTime;
  bool is_timed = false;   ///< what is shown may change with time alone, without a fact
  report::LocalDay day;    ///< of its branch, when it was read …
  report::DayCount count;  ///< … and what it adds to it
};

/// The ticket as of `now`. On the loop; some microseconds.
TicketReading read_ticket(const rules::ledger::State& state, rules::model::TicketSlot slot,
                          rules::model::Instant now);

/// Tickets a query of the loop: about a millisecond of its time.
inline constexpr size_t kReadingsMax = 128;

/// Reads the tickets of `keys`, a slice a query; false when the loop stops. Not on a thread of the
/// loop.
bool read_tickets(runtime::EngineLoop& loop, std::span<const report::TicketKey> keys,
                  std::vector<TicketReading>& readings);

/// Reads all tickets of the branches for which `is_wanted`, and gives them to `take` off the loop;
/// false when the loop stops. For boards that begin.
bool walk_tickets(runtime::EngineLoop& loop,
                  const std::function<bool(std::string_view branch)>& is_wanted,
                  const std::function<void(TicketReading)>& take);

}  // namespace lupaus::server::api
