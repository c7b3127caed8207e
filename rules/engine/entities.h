// The things that the engine's state consists of, as plain values. Each carries the position of the
// last fact that it contains, so that a snapshot row knows which facts of the journal's tail to
// skip.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/model/command.h"
#include "rules/model/fact.h"

namespace lupaus::rules::engine {

/// Index of a name in State::names(); never reused.
using NameIndex = uint32_t;
/// NameIndex of an event type or an attribute.
using WordIndex = uint16_t;

/// One event of a ticket, compact. Its attributes lie in Ticket::attributes as (u16 word, u16 size,
/// bytes)*.
struct TicketEvent {
  model::Instant at{};  ///< corrected_at
  uint64_t sequence = 0;
  NameIndex source = 0;
  uint32_t epoch = 0;
  uint32_t attributes_begin = 0;
  uint16_t attributes_size = 0;
  WordIndex type = 0;
};

/// One cycle of one promise on one ticket: what the events say now, and what the journal has
/// recorded of it.
struct Commitment {
  uint32_t line = 0;  ///< index of the promise's name in State::lines()
  uint32_t revision = 1;
  uint32_t number = 1;  ///< of the cycle
  model::Cycle cycle;   ///< frozen once is_confirmed and its end is final
  // Recorded by facts:
  uint8_t warned_count = 0;
  bool is_breach_recorded = false;  ///< Breached, and not Retracted since
  bool is_confirmed = false;        ///< verdict final
  bool is_end_final = false;        ///< no later fact about this cycle's clock can come
  bool is_charged = false;          ///< Owed recorded (whatever it said)
  model::Instant breached_at{};
  model::Instant detected_at{};
  model::Instant finalised_at{};
  uint64_t compensation = 0;                      ///< number; 0: none
  bool is_held = false;                           ///< the compensation waits for a person
  model::Verdict decided = model::Verdict::open;  ///< by a person, where it was left to one
  /// What the newest late evidence says the verdict should have been; open: there is none.
  model::Verdict late_verdict = model::Verdict::open;
  /// It was decided before its end was final: of the verdict, not yet of the sum.
  bool is_decided_early = false;
  /// Late evidence came after the newest decision.
  bool is_doubted_since = false;
  // Derived; never stored:
  bool is_vanished = false;  ///< the events no longer give this cycle; it awaits its Retracted
  model::Instant expires_at = model::kEndOfTime;
  model::Instant next_warning_at = model::kEndOfTime;
};

/// What counts of a final verdict: what a person decided, else what was confirmed.
model::Verdict settled_verdict(const Commitment& commitment);
/// The counted time of a breach that is as small as a breach can be.
model::Duration least_breach(const model::Cycle& cycle, bool is_boundary_inclusive);
/// An indeterminate final verdict that nobody has decided, or a compensation that is held: a person
/// has to decide. The verdict is decided once, the money as often as something new holds it.
inline bool is_under_review(const Commitment& commitment) {
  if (!commitment.is_confirmed) return false;
  return commitment.is_held || (commitment.decided == model::Verdict::open &&
                                commitment.cycle.verdict == model::Verdict::indeterminate);
}
/// Late evidence that nobody who decided has seen.
inline bool has_unseen_evidence(const Commitment& commitment) {
  if (commitment.decided != model::Verdict::open) return commitment.is_doubted_since;
  return commitment.late_verdict != model::Verdict::open;
}

/// An event whose time was corrected, beside its ticket: `at` is corrected, `at - skew` what its
/// source said.
struct Correction {
  NameIndex source = 0;
  uint32_t epoch = 0;
  uint64_t sequence = 0;
  model::Duration skew{};
};

/// What a person decided of one commitment of a ticket.
struct Decision {
  uint32_t line = 0, number = 1;  ///< as in Commitment
  model::Instant at{};
  std::string by;  ///< id of the person
  std::string reason, evidence;
  /// As said; open in rows from before it was kept, where it is that of the commitment.
  model::Verdict verdict = model::Verdict::open;
  bool operator==(const Decision&) const = default;
};

struct Ticket {
  model::Position position = 0;
  model::Position first_position =
      0;                ///< of the fact that created it: its key in snapshots, ascending
  uint32_t branch = 0;  ///< NameIndex
  std::string id;
  std::string label;
  std::string attributes;               ///< of all events, see TicketEvent
  std::vector<TicketEvent> events;      ///< ascending by (at, source name, epoch, sequence)
  std::vector<Commitment> commitments;  ///< ascending by (line, number)
  model::Instant last_event_received_at{};
  bool is_backfill = false;  ///< no provisional facts, warnings or signals
  // Derived; never stored:
  model::Instant next_deadline = model::kEndOfTime;  ///< when `Due` must come
  model::Instant next_finality =
      model::kEndOfTime;          ///< a branch watermark beyond this decides something
  uint32_t armed = 0;             ///< clocks that run
  uint32_t condition_errors = 0;  ///< conditions that could not be answered when it was judged
  bool is_dirty = false;
  bool is_in_use = false;
  bool is_forgettable = false;   ///< everything about it is final
  bool is_judged = false;        ///< the commitments are what all of its events say
  bool is_corrected = false;     ///< State::corrections has some for it
  bool is_under_review = false;  ///< one of its commitments is
};
/// Whether the event that was received last may have put off the end of a wait (`hold`).
bool is_held_longer(const Ticket& ticket);

/// A sender of events, in its newest epoch. Of older epochs only what was rejected is known.
struct Source {
  model::Position position = 0;
  std::string id;
  uint64_t epoch = 0;  ///< 0: declared by a book, never seen
  uint64_t next_sequence = 1;
  model::Instant watermark =
      model::kBeginningOfTime;  ///< everything before it has been told; never falls
  model::Instant recorded_watermark = model::kBeginningOfTime;
  model::Instant last_received_at = model::kBeginningOfTime;
  bool is_closed = false;  ///< said `closing`; no longer waited for
  bool is_backfill = false;
  std::vector<uint32_t> recent_hashes;  ///< content of the last 4,096 sequences, ring by sequence
  std::vector<uint64_t> rejected;  ///< sequences that were rejected and may be retried, ascending
  /// How far its clock is behind the server's, as recorded; beyond kSkewTolerance times are
  /// corrected by it.
  model::Duration skew{};
  bool is_without_heartbeat = false;  ///< waited for only where the book declares it
  /// Times of which events were lost for good, ascending; the oldest ones as one.
  struct Gap {
    model::Instant from{}, until{};
    bool is_open = false;  ///< its next event may still show that it ended earlier
    bool operator==(const Gap&) const = default;
  };
  std::vector<Gap> gaps;
  bool is_retired = false;
  std::string retired_reason;
  uint64_t twin_count = 0;            ///< quarantined in this epoch: two senders share its identity
  std::vector<uint32_t> twin_hashes;  ///< of those, ascending: the same twin is kept once
  /// The same of epochs that are over, as (epoch, sequence), ascending.
  std::vector<std::pair<uint64_t, uint64_t>> rejected_before;

  /// Whether that event was rejected and not applied since.
  bool is_rejected(uint64_t of_epoch, uint64_t sequence) const;
};

/// What is known of a branch beside its tickets.
struct Branch {
  model::Position position = 0;
  std::string name;
  struct Closing {
    model::Instant at{};
    bool is_closed = false;
    bool operator==(const Closing&) const = default;
  };
  std::vector<Closing> closings;  ///< ascending; at one instant closing before opening
  struct Change {
    model::Instant at{};
    std::string name, value;
    std::string source;
    uint64_t epoch = 0, sequence = 0;
    bool operator==(const Change&) const = default;
  };
  /// Of branch attributes by branch events; ascending by (at, source, epoch, sequence).
  std::vector<Change> changes;
  std::map<std::string, model::Instant, std::less<>>
      heard_sources;  ///< source id -> last received_at here
};

/// A ticket in the names of the outside, for snapshot rows, archive rows and explanations.
struct TicketImage {
  model::Position position = 0;
  model::Position first_position = 0;
  std::string branch, ticket, label;
  bool is_backfill = false;
  model::Instant last_event_received_at{};
  struct EventImage {
    model::Instant at{};
    std::string source;
    uint64_t epoch = 0, sequence = 0;
    std::string type;
    std::vector<std::pair<std::string, std::string>> attributes;
    model::Duration skew{};
  };
  struct CommitmentImage {
    std::string promise;
    Commitment commitment;  ///< `line` means nothing here
    /// In order: the first is of the verdict; `line` and `number` mean nothing here.
    std::vector<Decision> decisions;
  };
  std::vector<EventImage> events;
  std::vector<CommitmentImage> commitments;
  std::vector<std::string> entered_by;  ///< ids of people who sent events of it, each once
};

}  // namespace lupaus::rules::engine
