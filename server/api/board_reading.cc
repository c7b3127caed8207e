#include "server/api/board_reading.h"

#include <algorithm>

#include "lupaus/v1/ticket.pb.h"
#include "server/api/ticket_message.h"
#include "server/wire/ask.h"

namespace lupaus::server::api {
namespace {

using rules::engine::Commitment;
using rules::ledger::State;
using rules::model::Instant;
using rules::model::TicketSlot;

/// Slots that one query of a walk looks at: most are of other branches and cost some nanoseconds.
constexpr uint32_t kSlotsMax = 4'096;

bool is_finished(const Commitment& commitment) {
  return commitment.is_confirmed && commitment.is_end_final;
}

/// A sum at stake grows with lateness; a backfilled clock breaks, and a held sum is released,
/// without a fact that names the ticket; an event of the near future is still to act.
bool is_timed(const rules::engine::Ticket& ticket, std::span<const Commitment> commitments,
              Instant now) {
  if (!ticket.events.empty() && ticket.events.back().at > now) return true;
  return std::any_of(commitments.begin(), commitments.end(), [&](const Commitment& one) {
    return one.is_held || (is_running(one) && (one.cycle.is_broken || ticket.is_backfill));
  });
}

/// The loop's, but not before the newest fact.
Instant now_of(const State& state, const runtime::EngineLoop& loop) {
  return std::max(loop.now(), state.engine.now());
}

}  // namespace

TicketReading read_ticket(const State& state, TicketSlot slot, Instant now) {
  const rules::engine::Ticket& ticket = state.engine.ticket(slot);
  const std::string_view branch = state.engine.name(ticket.branch);
  TicketReading reading;
  reading.key = {std::string(branch), ticket.id};
  reading.is_known = true;
  const std::vector<Commitment> commitments =
      state.engine.commitments_at(slot, {now, state.engine.branch_watermark(branch)});
  reading.is_timed = is_timed(ticket, commitments, now);
  for (const Commitment& commitment : commitments) {
    if (is_finished(commitment)) continue;
    reading.is_unfinished = true;
    reading.waits_for = std::min(reading.waits_for, rules::engine::State::waits_for(commitment));
  }
  reading.day = report::local_day(state.engine, branch, now);
  reading.count = report::day_count(state, slot, commitments, reading.day);
  if (std::any_of(commitments.begin(), commitments.end(), is_running)) {
    reading.shown = std::make_shared<v1::Ticket>();
    to_message(state, slot, now, commitments, *reading.shown);
  }
  return reading;
}

bool read_tickets(runtime::EngineLoop& loop, std::span<const report::TicketKey> keys,
                  std::vector<TicketReading>& readings) {
  for (size_t first = 0; first < keys.size(); first += kReadingsMax) {
    const auto slice = keys.subspan(first, std::min(kReadingsMax, keys.size() - first));
    const auto seen = wire::look(loop, [&](const State& state) {
      const Instant now = now_of(state, loop);
      for (const auto& key : slice) {
        const auto slot = state.engine.find_ticket(key.first, key.second);
        if (slot) {
          readings.push_back(read_ticket(state, *slot, now));
        } else {
          readings.emplace_back().key = key;
        }
      }
    });
    if (!seen) return false;
  }
  return true;
}

bool walk_tickets(runtime::EngineLoop& loop,
                  const std::function<bool(std::string_view branch)>& is_wanted,
                  const std::function<void(TicketReading)>& take) {
  TicketSlot next = 0;
  bool is_more = true;
  std::vector<TicketReading> readings;
  while (is_more) {
    readings.clear();
    const auto seen = wire::look(loop, [&](const State& state) {
      const Instant now = now_of(state, loop);
      const TicketSlot end = state.engine.slot_count();
      const TicketSlot last = std::min(end, next + kSlotsMax);
      for (; next < last && readings.size() < kReadingsMax; ++next) {
        if (!state.engine.is_in_use(next)) continue;
        if (is_wanted(state.engine.name(state.engine.branch_of(next))))
          readings.push_back(read_ticket(state, next, now));
      }
      is_more = next < end;
    });
    if (!seen) return false;
    for (TicketReading& reading : readings) take(std::move(reading));
  }
  return true;
}

}  // namespace lupaus::server::api
