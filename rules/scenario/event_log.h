// The events of one file, kept compactly, with the checks that need the whole file: identities all
// or none, duplicates, gaps. Hands them out in the order in which they are judged.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/model/event.h"
#include "rules/model/result.h"

namespace lupaus::rules::scenario {

/// Copies texts into large blocks that live as long as it does.
class TextArena {
 public:
  std::string_view keep(std::string_view text);

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t left_ = 0;
  char* next_ = nullptr;
};

/// Single-threaded; a line number is the event's name in every complaint.
class EventLog {
 public:
  explicit EventLog(std::string file);

  /// Copies the event. `line` counts from 1 and ascends. Errors: an identity that only some lines
  /// have.
  model::Result<void> add(const model::Event& event, uint64_t line);

  /// Checks identities over the whole file, drops repeated events, and sorts by (occurred_at,
  /// source by bytes, epoch, sequence). Errors name the line: `sequence_gap`, `changed_duplicate`.
  model::Result<void> arrange();

  /// After arrange(): how many events there are, and the i-th in order; its views live as long as
  /// the log.
  size_t size() const { return order_.size(); }
  model::Event event(size_t place) const;
  uint64_t line(size_t place) const { return kept(order_[place]).line; }
  model::Instant at(size_t place) const { return kept(order_[place]).at; }
  /// Dense number of the event's source, below source_count().
  uint32_t source(size_t place) const { return kept(order_[place]).source; }
  size_t source_count() const { return sources_.size(); }
  /// Whether the lines leave out who sent them (R9).
  bool has_no_identities() const { return identity_ == Identity::left_out; }
  size_t repeated_count() const { return repeated_count_; }

  model::Error complaint(std::string code, uint64_t line, std::string message,
                         std::string hint = "") const;

 private:
  struct Kept {
    model::Instant at{};
    uint64_t epoch = 0, sequence = 0, line = 0;
    uint32_t source = 0;
    uint32_t attribute_count = 0;
    uint64_t attributes_begin = 0;
    std::string_view branch, ticket, type, label;
  };
  /// The events of one epoch of one source, in the order of lines.
  struct Run {
    std::vector<uint32_t> events;
    bool is_ascending = true;
  };
  using RunKey = std::pair<uint32_t, uint64_t>;  ///< source, epoch

  static constexpr size_t kBlockEvents = 8192;
  const Kept& kept(uint32_t index) const {
    return blocks_[index / kBlockEvents][index % kBlockEvents];
  }

  uint32_t intern_source(std::string_view name);
  std::string_view intern(std::string_view text);
  Run& run_of(uint32_t source, uint64_t epoch);
  model::Result<void> check_identity(const model::Event& event, uint64_t line);
  model::Result<void> check_run(const RunKey& key, Run& run, std::vector<bool>& repeated);
  bool is_same(const Kept& left, const Kept& right) const;
  bool comes_before(uint32_t left, uint32_t right) const;
  std::span<const model::Attribute> attributes_of(const Kept& entry) const;

  std::string file_;
  TextArena arena_;
  absl::flat_hash_map<std::string_view, uint32_t> source_numbers_;
  absl::flat_hash_map<std::string_view, std::string_view> interned_;
  std::vector<std::string_view> sources_;
  std::map<RunKey, Run> runs_;
  RunKey last_key_{};
  Run* last_run_ = nullptr;
  std::deque<std::vector<model::Attribute>> attribute_blocks_;
  std::vector<std::unique_ptr<Kept[]>> blocks_;  ///< of kBlockEvents each; what is kept never moves
  size_t count_ = 0;
  std::vector<uint32_t> order_;
  size_t repeated_count_ = 0;
  enum class Identity : uint8_t { unknown, given, left_out } identity_ = Identity::unknown;
};

}  // namespace lupaus::rules::scenario
