// The inside of engine::State, shared by the files of engine/ alone: entities in memory, indices
// over them, and what is derived from both. Nothing here is durable by itself; facts and snapshot
// rows are.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "rules/engine/compiled_book.h"
#include "rules/engine/entrants.h"
#include "rules/engine/event_type.h"
#include "rules/engine/names.h"
#include "rules/engine/state.h"
#include "rules/engine/ticket_store.h"

namespace lupaus::rules::engine {

using model::Instant;
using model::Position;
using model::TicketSlot;

/// A source with what is derived about it.
struct SourceEntry {
  Source source;
  NameIndex name = 0;
  std::vector<uint32_t> branches;  ///< indices of branches that wait for it or that it reported to
  bool is_dirty = false;
};

/// A source that reported to a branch without declared sources is waited for this long (R73).
inline constexpr model::Duration kHeardFor = std::chrono::hours(24);

/// A branch with what is derived about it.
struct BranchEntry {
  Branch branch;
  NameIndex name = 0;
  struct Heard {
    uint32_t source = 0;
    Instant at{};
  };
  std::vector<Heard> heard;        ///< sources that reported here; `at` to the minute
  bool is_declared = false;        ///< the ruling book declares its sources
  std::vector<uint32_t> declared;  ///< all declared sources (indices)
  std::vector<uint32_t> deciding;  ///< declared sources that can send a deciding event (R71)
  absl::flat_hash_map<uint32_t, const model::DeclaredSource*> reports;
  Instant watermark = model::kBeginningOfTime;
  bool is_watermark_stale = false;
  bool is_dirty = false;
  /// Min-heap by instant of tickets that a watermark beyond it decides; stale entries are skipped.
  std::vector<std::pair<Instant, TicketSlot>> waiting;
};

struct DirtyTicket {
  TicketSlot slot = 0;
  Position first_position = 0;  ///< tells a reused slot
  Position since = 0;
};

struct Forgettable {
  TicketSlot slot = 0;
  Position first_position = 0;
  Instant since{};
};

struct State::Inside {
  struct TicketHash {
    using is_transparent = void;
    const TicketStore* tickets;
    /// By where the tickets lie, too, so that nobody can choose names that collide.
    size_t operator()(const TicketName& name) const {
      return hash_of(name.id, reinterpret_cast<uintptr_t>(tickets) + name.branch);
    }
    size_t operator()(TicketSlot slot) const { return (*this)(tickets->name(slot)); }
  };
  struct TicketEqual {
    using is_transparent = void;
    const TicketStore* tickets;
    bool operator()(TicketSlot a, TicketSlot b) const { return a == b; }
    bool operator()(TicketSlot slot, const TicketName& name) const {
      const TicketName known = tickets->name(slot);
      return known.branch == name.branch && is_same_name(known.id, name.id);
    }
    bool operator()(const TicketName& name, TicketSlot slot) const { return (*this)(slot, name); }
  };

  explicit Inside(Settings s)
      : settings(s),
        tickets(s.open_tickets_max),
        by_name(0, TicketHash{&tickets}, TicketEqual{&tickets}) {}
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  Settings settings;
  Tally tally;
  Names names;
  const WordIndex service = names.intern_word("service"), segment = names.intern_word("segment");
  Instant now = model::kBeginningOfTime;  ///< of the newest fact
  Position position = 0;                  ///< of the newest fact

  // books
  Books books;
  Position book_position = 0;
  const CompiledBook* ruling = nullptr;        ///< in force at `now`; before that the first to come
  Instant next_ruling_at = model::kEndOfTime;  ///< when another one comes into force
  std::vector<Line> lines;            ///< in the order of first publication; indices are stable
  std::vector<int32_t> line_by_name;  ///< NameIndex -> index in lines, -1: none
  std::vector<EventType> types;       ///< of the ruling book, by WordIndex
  std::vector<bool> moving;  ///< by WordIndex: some revision has it do more than `continue`
  std::vector<std::vector<uint32_t>> starters;  ///< by WordIndex of a type: lines, ascending, of
                                                ///< which some revision may start by it
  const std::vector<uint32_t> no_lines;
  Instant latest_final_at = model::kBeginningOfTime;

  // tickets
  TicketStore tickets;
  const Ticket no_ticket;  ///< what stands for a free slot
  absl::flat_hash_set<TicketSlot, TicketHash, TicketEqual> by_name;
  uint64_t ticket_count = 0;
  uint64_t armed_count = 0;

  // sources and branches
  std::vector<SourceEntry> sources;
  absl::flat_hash_map<std::string_view, uint32_t> source_index;  ///< keys live in `names`
  std::vector<BranchEntry> branches;
  absl::flat_hash_map<std::string_view, uint32_t> branch_index;
  std::vector<int32_t> branch_by_name;  ///< NameIndex -> index in branches, -1: none
  mutable uint32_t last_source = 0;     ///< memo: batches come from one source
  mutable TicketSlot last_ticket = 0;   ///< memo: facts come in rows about one ticket
  mutable uint32_t last_branch = 0;
  mutable Resolved resolved;           ///< memo: an event is folded right after it was decided of
  mutable TicketSlot judged_last = 0;  ///< memo: so are verdicts of a ticket
  std::vector<uint32_t> stale_watermarks;

  // derived, drained by callers
  std::vector<TicketSlot> touched;
  std::vector<DeadlineChange> deadline_changes;
  std::deque<Forgettable> forgettable;
  std::deque<DirtyTicket> dirty;
  size_t dirty_tickets = 0;
  std::deque<std::pair<uint32_t, Position>> dirty_sources, dirty_branches;
  bool is_drain_cut = false;  ///< the last drain of what watermarks decide met its limit
  bool is_restoring = false;  ///< rows and tail are being folded: derive nothing yet
  Instant listening_since = model::kBeginningOfTime;  ///< sources can be heard; no fact says it
  /// Of tickets with corrected events, those events.
  absl::flat_hash_map<TicketSlot, std::vector<Correction>> corrections;
  absl::flat_hash_map<TicketSlot, std::vector<Decision>> decisions;
  Entrants entrants;  ///< see entered_by
  std::set<std::pair<Instant, TicketSlot>> under_review;
  absl::flat_hash_map<TicketSlot, Instant> under_review_since;
  std::vector<JudgedCycle> judged;  ///< scratch
  Findings findings;                ///< scratch

  // ---- lookups
  std::optional<uint32_t> source_at(std::string_view id) const;
  std::optional<uint32_t> branch_at(std::string_view name) const;
  uint32_t make_source(std::string_view id);
  uint32_t make_branch(std::string_view name);
  uint32_t branch_of(NameIndex name) const;
  /// By the ruling book, or else the newest that has the branch; null if none does.
  const BranchContext* ruling_context(std::string_view branch) const;
  std::optional<TicketSlot> ticket_at(NameIndex branch, std::string_view id) const;
  /// With its commitments; the slot must be in use.
  Ticket& ticket(TicketSlot slot) {
    OpenTicket& open = tickets.open(slot);
    if (open.lacks_commitments) judge_opened(open);
    return open.ticket;
  }
  TicketSlot make_ticket(NameIndex branch, std::string_view id, Position position);
  /// nullopt: there is such a ticket already.
  std::optional<TicketSlot> make_new_ticket(NameIndex branch, std::string_view id, Position at);
  Line* find_line(std::string_view name, uint32_t* index = nullptr);
  uint32_t make_line(std::string_view name);
  Commitment* find_commitment(Ticket& ticket, const model::CommitmentKey& key);
  /// The ticket and commitment of a fact at `position`; null when a row already contains it. Makes
  /// what is missing.
  Commitment* recorded(const model::CommitmentKey& key, Position position,
                       TicketSlot* slot = nullptr);
  /// The line of that name among those that bind the ticket; nullopt: the ticket in that slot is
  /// another one, or it is not bound.
  std::optional<uint32_t> bound_line(TicketSlot slot, const model::CommitmentKey& key);
  /// As `recorded`, of a ticket and line that are known.
  Commitment* recorded_at(TicketSlot slot, uint32_t line, const model::CommitmentKey& key,
                          Position position);

  // ---- dirt
  void mark(TicketSlot slot, Position position);
  void mark_source(uint32_t source, Position position);
  void mark_branch(uint32_t branch, Position position);

  // ---- derive.cc
  void rejudge(TicketSlot slot);
  void judge_all(Ticket& ticket);
  void judge_opened(OpenTicket& open);
  bool judge_newest(TicketSlot slot);
  bool is_left_alone(const Commitment& last, const TicketEvent& event) const;
  void take_judged(Ticket& ticket, uint32_t index);
  void end_vanished(Ticket& ticket);
  void rearm(TicketSlot slot);
  void note_review(TicketSlot slot);
  void forget_review(TicketSlot slot);
  /// A watermark beyond this decides something about the commitment by its corrected times and by
  /// the times that sources said; kEndOfTime: nothing is waited for.
  Instant decided_after(TicketSlot slot, const Ticket& ticket, const Commitment& commitment) const;
  /// When, by the server's clock, the wait for `at` ends (hold); kEndOfTime: never.
  Instant held_until(Instant at, const Ticket& ticket, const Commitment& commitment) const;
  /// The cycle as the times say that its sources stated; nullopt: there is no such cycle.
  std::optional<JudgedCycle> raw_cycle(TicketSlot slot, const Ticket& ticket,
                                       const Commitment& commitment, const Horizon& horizon) const;
  void touch(TicketSlot slot);
  /// Takes up what the book in force says of types, branches and sources.
  void resolve_book();
  void resolve_sources(BranchEntry& entry, const model::BranchSpec* spec);
  bool can_move_clock(WordIndex type) const;
  void resolve_moving();
  bool can_decide(const model::DeclaredSource& source) const;
  void link(uint32_t source, uint32_t branch);
  void stale(uint32_t source);
  /// At once, not at the next drain: who is newly waited for must not find its tickets decided.
  void lower_watermarks(uint32_t source);
  Instant compute_watermark(const BranchEntry& entry) const;
  /// Sources whose word counts at the branch, and of those the ones that may still say something.
  template <typename Visit>
  void for_each_reporting(const BranchEntry& entry, Visit visit) const {
    if (entry.is_declared) {
      for (const uint32_t source : entry.deciding) visit(source);
      return;
    }
    for (const auto& heard : entry.heard) {
      const auto last = std::max(heard.at, sources[heard.source].source.last_received_at);
      if (last + kHeardFor >= now) visit(heard.source);
    }
  }
  std::vector<uint32_t> waited_for(const BranchEntry& entry) const;
  bool is_waited_for(const BranchEntry& entry, uint32_t source) const;
  /// A source of the branch lost events that could have changed the cycle until `decided`.
  bool hangs_on_lost(const Ticket& ticket, const model::Cycle& cycle, Instant decided) const;
  void wait(BranchEntry& entry, Instant at, TicketSlot slot);
  void queue_forgettable(TicketSlot slot, Instant since);

  // ---- evolve.cc, evolve_verdict.cc
  void on(const model::Fact& fact, const model::Published& body);
  void on(const model::Fact& fact, const model::SourceRegistered& body);
  void on(const model::Fact& fact, const model::Observed& body);
  void on(const model::Fact& fact, const model::Rejected& body);
  void on(const model::Fact& fact, const model::WatermarkAdvanced& body);
  void on(const model::Fact& fact, const model::Lost& body);
  void on(const model::Fact& fact, const model::Warned& body);
  void on(const model::Fact& fact, const model::Breached& body);
  void on(const model::Fact& fact, const model::Retracted& body);
  void on(const model::Fact& fact, const model::Confirmed& body);
  void on(const model::Fact& fact, const model::Ended& body);
  void on(const model::Fact& fact, const model::Owed& body);
  void on(const model::Fact& fact, const model::Archived& body);
  void on(const model::Fact& fact, const model::Quarantined& body);
  void on(const model::Fact& fact, const model::SkewEstimated& body);
  void on(const model::Fact& fact, const model::SourceRetired& body);
  void on(const model::Fact& fact, const model::LateEvidence& body);
  void on(const model::Fact& fact, const model::ReviewDecided& body);
  void on(const model::Fact& fact, const model::Excused& body);
  template <typename Other>
  void on(const model::Fact&, const Other&) {}  // the ledger's

  struct Taken {
    const model::Event& event;
    Instant received_at, corrected_at;
    bool is_rejected = false, is_retry = false;
  };
  void take_sequence(uint32_t source, const Taken& taken, const model::Fact& fact);
  void take_branch_event(uint32_t source, const model::Observed& body, const model::Fact& fact);
  void hear_at(uint32_t branch, uint32_t source, Instant received_at, Position at);
  void take_ticket_event(uint32_t source, const model::Observed& body, const model::Fact& fact);
  /// A clock that is held to run would have expired at `at`.
  bool outlives_a_clock(const Ticket& ticket, Instant at) const;
};

/// Content hashes kept of each source's newest events, to tell a repeated event from a changed one.
inline constexpr size_t kRecentHashes = 4'096;

/// Tells one twin of a source from another.
uint32_t twin_hash(const model::Event& event);

/// The order of a ticket's events: by time, source by bytes, epoch and sequence (R2).
inline bool comes_before(const Names& names, const TicketEvent& a, const TicketEvent& b) {
  if (a.at != b.at) return a.at < b.at;
  if (a.source != b.source) return names.text(a.source) < names.text(b.source);
  return a.epoch != b.epoch ? a.epoch < b.epoch : a.sequence < b.sequence;
}

/// Takes what the events say now into what is recorded; what is final stays (R78).
void take(const JudgedCycle& judged, const Revision& revision, Commitment& commitment);

}  // namespace lupaus::rules::engine
