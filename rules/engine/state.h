// Everything the engine knows: the fold of all facts about books, sources, branches and tickets.
// Owned by whoever folds (engine loop, backtest, test); single-threaded. Never reads a clock, never
// does I/O.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/engine/entities.h"
#include "rules/engine/judge.h"
#include "rules/model/fact.h"

namespace lupaus::rules::engine {

struct Settings {
  uint32_t partition = 1;
  model::Duration forget_after = std::chrono::hours(48);
  size_t open_tickets_max = 4'096;  ///< about this many are kept as plain values, others packed
};

/// Counters that only grow; shown as metrics.
struct Tally {
  uint64_t observed = 0, rejected = 0, breached = 0, retracted = 0, confirmed = 0,
           condition_errors = 0;
  uint64_t twins = 0;          ///< quarantined: alarm
  uint64_t late_evidence = 0;  ///< events that came after what they would have changed
  uint64_t indeterminate = 0;  ///< final verdicts left to a person
};

class State {
 public:
  explicit State(Settings settings = {});
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  const Settings& settings() const;
  const Tally& tally() const;
  /// The book published last, in force or still to come; null before the first.
  model::BookPtr book() const;
  /// The book in force at `at`, or the first to come where none was; null before the first.
  model::BookPtr book_at(model::Instant at) const;
  bool has_book() const { return book() != nullptr; }

  /// Of the newest fact.
  model::Instant now() const;

  /// Folds one fact. Skips what the entity's snapshot row already contained.
  void evolve(const model::Fact& fact);

  struct PromiseInForce {
    const model::Promise* promise = nullptr;  ///< lives as long as the state
    uint32_t revision = 1;
    model::Instant valid_from{};
  };
  /// What binds tickets that start at `at`, ascending by name.
  std::vector<PromiseInForce> promises_in_force(model::Instant at) const;

  // ---- tickets
  std::optional<model::TicketSlot> find_ticket(std::string_view branch,
                                               std::string_view ticket) const;
  /// Slots in use are below this; each may be free (`is_in_use` false).
  uint32_t slot_count() const;
  bool is_in_use(model::TicketSlot slot) const;
  /// Of a slot in use, without unpacking its ticket: for walks that look for few among many.
  NameIndex branch_of(model::TicketSlot slot) const;
  /// Lives until the ticket changes or 64 others have been asked for.
  const Ticket& ticket(model::TicketSlot slot) const;
  /// Lets go of what is kept to work on tickets faster. Nothing changes but memory; no ticket that
  /// was handed out survives it.
  void pack_tickets();
  uint64_t open_ticket_count() const;       ///< in memory
  uint64_t armed_commitment_count() const;  ///< open clocks
  std::string_view name(NameIndex index) const;
  /// For replays, which judge tickets of their own: only grows.
  Names& names();
  std::string_view promise_name(uint32_t line) const;
  /// All promises ever published, in the order of their first publication.
  const std::vector<Line>& lines() const;
  /// All books ever published: what a branch was at an instant.
  const Books& books() const;
  /// Of the branch, by the book in force, or else the newest that has it; null if none does.
  const model::ZoneTable* zone(std::string_view branch) const;
  /// Its opening hours by that book; null if it declares none.
  const calendar::Calendar* hours(std::string_view branch) const;
  /// The revision that a commitment obeys; never null for one that this state made.
  const model::Promise* promise(const Commitment& commitment) const;
  model::CommitmentKey key_of(const Ticket& ticket, const Commitment& commitment) const;
  /// The same over what `key` was, whose memory is used again.
  void write_key(const Ticket& ticket, const Commitment& commitment,
                 model::CommitmentKey& key) const;
  /// The merged attributes of a ticket as at `at`; the views live until the ticket changes.
  void attributes_at(const Ticket& ticket, model::Instant at,
                     std::vector<model::Attribute>& merged) const;
  /// All cycles, those not final judged anew for `horizon`: for display, and for backtests ({as_of,
  /// as_of}).
  std::vector<Commitment> commitments_at(model::TicketSlot slot, const Horizon& horizon) const;

  /// All cycles that the events of `ticket` (perhaps a changed copy) give at a branch like that,
  /// nothing being final: what is said once all is known.
  std::vector<Commitment> refold(const Ticket& ticket, const Branch& branch,
                                 const Horizon& horizon) const;

  struct NotBound {
    const model::Promise* promise = nullptr;  ///< lives as long as the state
    Unbound unbound;
  };
  /// Each start of the ticket that began no clock, and why: promises in the order of their first
  /// publication, instants ascending.
  std::vector<NotBound> not_bound(model::TicketSlot slot) const;

  /// False: judging the ticket at `now` records nothing, and nothing of it is final yet.
  bool has_news(model::TicketSlot slot, model::Instant now) const;

  /// Tickets whose clocks a fact has moved since the last call; `step` judges and clears them.
  std::vector<model::TicketSlot>& touched();

  // ---- deadlines: the runtime arms its wheel with these
  struct DeadlineChange {
    model::TicketSlot slot = 0;
    model::Instant at{};  ///< kEndOfTime: none
  };
  /// Since the last call; the newest entry of a slot counts.
  std::vector<DeadlineChange>& deadline_changes();

  // ---- what waits for a person
  /// Tickets with a commitment under review, since when the oldest of them is; ascending.
  const std::set<std::pair<model::Instant, model::TicketSlot>>& under_review() const;
  /// What a person decided of the commitment's verdict; null: nothing yet.
  const Decision* find_decision(model::TicketSlot slot, const Commitment& commitment) const;
  /// That, and what was decided of its money afterwards, in order.
  std::vector<const Decision*> decisions_of(model::TicketSlot slot,
                                            const Commitment& commitment) const;
  /// The event of the ticket by what its source said; zero: as it said.
  model::Duration skew_of(model::TicketSlot slot, const TicketEvent& event) const;
  /// Ids of the people who sent events of the ticket themselves, each once, in the order in which
  /// they came.
  std::span<const std::string> entered_by(model::TicketSlot slot) const;

  // ---- finality
  model::Instant branch_watermark(std::string_view branch) const;
  /// Tickets for which the watermarks now decide something, at most `limit`; each is handed out
  /// once per advance.
  void drain_decided(std::vector<model::TicketSlot>& slots, size_t limit = SIZE_MAX);
  /// The last drain met its limit: there are more.
  bool has_decided_left() const;
  /// Sources that hold verdicts of the branch which wait for `at`: those waited for that have not
  /// told everything up to and with it. Ascending by name.
  std::vector<const Source*> held_by(std::string_view branch, model::Instant at) const;
  /// A branch watermark beyond this makes the verdict (or, once that is final, the end) final;
  /// kEndOfTime: nothing is waited for.
  static model::Instant waits_for(const Commitment& commitment) {
    const auto& cycle = commitment.cycle;
    if (commitment.is_end_final || commitment.is_vanished) return model::kEndOfTime;
    const model::Instant end = cycle.stopped_at.value_or(commitment.expires_at);
    if (commitment.is_confirmed) return end;
    if (cycle.stopped_at && !cycle.is_broken) return end;
    const model::Instant breaching = cycle.breaching_at.value_or(model::kEndOfTime);
    return cycle.stopped_at ? breaching : std::min(breaching, end);
  }
  /// Tickets that may be archived at `now`, at most `limit`, oldest first.
  void drain_forgettable(model::Instant now, size_t limit, std::vector<model::TicketSlot>& slots);

  // ---- sources and branches, ascending by name
  const Source* find_source(std::string_view id) const;
  std::vector<const Source*> sources() const;
  const Branch* find_branch(std::string_view name) const;
  std::vector<const Branch*> branches() const;

  // ---- snapshot
  /// Changed entities in the order in which they first changed since their last row. The oldest
  /// unswept position is where replay must begin.
  model::Position oldest_dirty() const;  ///< 0: nothing is dirty
  size_t dirty_count() const;
  /// Takes up to `limit` of the oldest dirty tickets; they count as swept.
  void sweep_tickets(size_t limit, std::vector<model::TicketSlot>& slots);
  void sweep_sources(std::vector<const Source*>& sources);
  void sweep_branches(std::vector<const Branch*>& branches);
  void image(model::TicketSlot slot, TicketImage& image) const;
  /// Until finish_restore nothing is derived: rows and tail are only folded. About so many tickets
  /// will come; another number is only slower.
  void begin_restore(size_t tickets = 0);
  void restore(const TicketImage& image);
  /// The same for each, and sooner done.
  void restore(std::span<const TicketImage> images);
  void restore(Source source);
  void restore(Branch branch);
  /// Call once after all rows and the tail: derives deadlines and what waits for watermarks. What
  /// neither of them will bring up, because it does not fit what was recorded, is touched.
  void finish_restore(model::Instant now);

  /// A hash over everything that facts determine: equal for live, replayed and restored state.
  uint64_t hash() const;

  struct Inside;
  Inside& internals() { return *inside_; }              ///< for engine/ alone
  const Inside& internals() const { return *inside_; }  ///< for engine/ alone

 private:
  std::unique_ptr<Inside> inside_;
};

/// What `command` means for the engine, given everything recorded so far. Pure; appends to `facts`.
/// Commands of the ledger are not its business and abort.
model::Result<void> decide(const State& state, const model::Command& command, model::Facts& facts);

}  // namespace lupaus::rules::engine
