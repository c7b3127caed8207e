// The events that a backtest judges, kept compactly: names once, texts in an arena, forty bytes an
// event. Checks what needs the whole log (identities all or none, duplicates, gaps) and hands the
// events out by ticket, in the order in which they are judged.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "rules/model/event.h"
#include "rules/model/result.h"
#include "rules/scenario/text_arena.h"

namespace lupaus::rules::scenario {

/// What many events have in common, as numbers of names.
struct EventShape {
  uint32_t source = 0, branch = 0, type = 0;
  bool has_ticket = false;
  absl::InlinedVector<uint32_t, 6> attributes;  ///< names, in the order sent

  bool operator==(const EventShape&) const = default;
  template <typename Hash>
  // NOLINTNEXTLINE(readability-identifier-naming): Abseil looks for this name
  friend Hash AbslHashValue(Hash hash, const EventShape& shape) {
    return Hash::combine(std::move(hash), shape.source, shape.branch, shape.type, shape.has_ticket,
                         shape.attributes);
  }
};

/// One event as kept.
struct LoggedEvent {
  model::Instant at{};
  uint64_t sequence = 0;
  const char* text = nullptr;  ///< (u32 size, bytes)*: the label, then each attribute's value
  uint32_t run = 0;            ///< its source and epoch
  uint32_t shape = 0;
  uint32_t ticket = 0;  ///< kNoTicket: a branch event
  uint32_t line = 0;
};
inline constexpr uint32_t kNoTicket = ~uint32_t{0};

/// A ticket with its events, ascending as they are judged.
struct LoggedTicket {
  uint32_t branch = 0;  ///< number of the branch's name
  std::string_view id;
  std::span<const LoggedEvent> events;
};

/// Use: add every event, arrange once, then only read. Single-threaded until arranged; after that
/// any thread may read.
class EventLog {
 public:
  /// A file's events are checked for gaps and duplicates; those of a server's journal were, when
  /// they were taken.
  enum class Origin : uint8_t { file, journal };

  /// `name` stands for the log in complaints.
  explicit EventLog(std::string name, Origin origin = Origin::file);

  /// Copies the event. `line` counts from 1 and ascends: the event's name in every complaint.
  /// Errors: an identity that only some lines have.
  model::Result<void> add(const model::Event& event, uint64_t line);
  /// The same for many events, of which the first is `line`; looks their tickets up together.
  model::Result<void> add(std::span<const model::Event* const> events, uint64_t line);

  /// Checks identities over the whole log, drops repeated events, gathers the others by ticket and
  /// sorts each ticket's by (occurred_at, source by bytes, epoch, sequence). Errors name the line:
  /// `sequence_gap`, `changed_duplicate`.
  model::Result<void> arrange();

  // ---- after arrange()
  size_t size() const { return events_.size(); }                      ///< without repeated ones
  std::span<const LoggedEvent> events() const { return events_; }     ///< each ticket's together
  std::span<const LoggedTicket> tickets() const { return tickets_; }  ///< by (branch, ticket)
  std::span<const LoggedEvent> branch_events() const { return branch_events_; }
  const std::vector<EventShape>& shapes() const { return shapes_; }
  const std::vector<std::string_view>& names() const { return names_.names(); }
  uint64_t epoch(const LoggedEvent& event) const { return runs_[event.run].epoch; }
  std::string_view ticket_id(const LoggedEvent& event) const;
  std::string_view label(const LoggedEvent& event) const;
  /// Whether its label or the value of an attribute has more than `size` bytes.
  bool has_long_text(const LoggedEvent& event, size_t size) const;
  /// As it was sent; `attributes` holds what it points to.
  model::Event event(const LoggedEvent& logged, std::vector<model::Attribute>& attributes) const;
  /// Calls `visit(name number, value)` for each attribute.
  template <typename Visit>
  void for_each_attribute(const LoggedEvent& event, Visit visit) const;

  /// Whether who sent the events is no question: the lines leave it out (R9), or they were let in
  /// before.
  bool is_without_senders() const {
    return identity_ == Identity::left_out || origin_ == Origin::journal;
  }
  bool is_journal() const { return origin_ == Origin::journal; }
  size_t repeated_count() const { return repeated_count_; }
  /// The earliest and the latest event; nullopt when there is none.
  std::optional<model::Instant> first_at() const { return first_at_; }
  std::optional<model::Instant> last_at() const { return last_at_; }
  /// What it holds in memory, about.
  uint64_t bytes() const { return arena_.bytes() + count_ * (2 * sizeof(LoggedEvent) + 4); }

  model::Error complaint(std::string code, uint64_t line, std::string message,
                         std::string hint = "") const;

 private:
  /// One epoch of one source.
  struct Run {
    uint32_t source = 0;
    uint64_t epoch = 0;
    uint64_t next_sequence = 1;
    bool is_contiguous = true;  ///< so far every line had the next sequence
  };
  struct TicketEntry {
    uint64_t hash = 0;
    std::string_view id;
    uint32_t branch = 0;
    uint32_t count = 0;
  };
  enum class Identity : uint8_t { unknown, given, left_out };

  static constexpr size_t kBlockEvents = 8192;
  LoggedEvent& kept(size_t index) { return blocks_[index / kBlockEvents][index % kBlockEvents]; }

  uint32_t intern(std::string_view text) { return names_.intern(text, arena_); }
  uint32_t run_of(uint32_t source, uint64_t epoch);
  uint32_t shape_of(const model::Event& event, uint32_t source);
  uint64_t hash_of(const model::Event& event);
  void fetch_tickets(std::span<const uint64_t> hashes) const;
  model::Result<void> add(const model::Event& event, uint64_t line, uint64_t hash);
  uint32_t ticket_of(uint64_t hash, uint32_t branch, std::string_view id);
  void grow_ticket_table();
  const char* keep_texts(const model::Event& event);
  model::Result<void> check_identity(const model::Event& event, uint64_t line);
  model::Result<void> check_runs(std::vector<bool>& repeated);
  model::Result<void> check_run(std::vector<uint32_t>& events, std::vector<bool>& repeated);
  void gather(const std::vector<bool>& repeated);
  void sort_tickets();
  bool is_same(const LoggedEvent& left, const LoggedEvent& right) const;
  bool comes_before(const LoggedEvent& left, const LoggedEvent& right) const;

  std::string name_;
  Origin origin_;
  TextArena arena_;
  NameNumbers names_;
  absl::flat_hash_map<EventShape, uint32_t> shape_numbers_;
  std::vector<EventShape> shapes_;
  EventShape scratch_shape_;
  std::array<uint32_t, 1024> recent_shapes_{};  ///< number + 1, by what is cheap to tell of a shape
  absl::flat_hash_map<std::pair<uint32_t, uint64_t>, uint32_t> run_numbers_;
  std::vector<Run> runs_;
  std::vector<uint32_t> recent_runs_;  ///< by number of the source: its newest run + 1; 0: none
  std::vector<TicketEntry> entries_;
  /// Open addressing over the entries: (upper half of the hash, number + 1); 0: free.
  std::vector<std::pair<uint32_t, uint32_t>> ticket_table_;
  std::vector<std::unique_ptr<LoggedEvent[]>> blocks_;  ///< in the order of lines, until arranged
  size_t count_ = 0;
  std::vector<LoggedEvent> events_;  ///< by ticket; branch events at the end
  std::vector<LoggedTicket> tickets_;
  std::span<const LoggedEvent> branch_events_;
  size_t repeated_count_ = 0;
  std::optional<model::Instant> first_at_, last_at_;
  Identity identity_ = Identity::unknown;
  std::vector<uint64_t> hashes_;  ///< scratch
};

/// Reads one (u32 size, bytes) and moves `at` behind it.
std::string_view take_text(const char*& at);

template <typename Visit>
void EventLog::for_each_attribute(const LoggedEvent& event, Visit visit) const {
  const char* at = event.text;
  if (at == nullptr) return;
  take_text(at);
  for (const uint32_t name : shapes_[event.shape].attributes) visit(name, take_text(at));
}

}  // namespace lupaus::rules::scenario
