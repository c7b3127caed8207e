// What changes against today's promise: commitment by commitment, and in sum. Today's verdicts are
// those that a server recorded, or those of another book over the same log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/scenario/backtest.h"

namespace lupaus::rules::scenario {

/// What today's promise says of one commitment.
struct TodayVerdict {
  model::Verdict verdict = model::Verdict::open;
  model::PaidState state = model::PaidState::none;
  std::optional<model::Money> owed;
};

/// Today's verdicts, kept compactly. Single-threaded.
class Today {
 public:
  void set_verdict(const model::CommitmentKey& key, model::Verdict verdict);
  void set_owed(const model::CommitmentKey& key, model::PaidState state,
                const std::optional<model::Money>& owed);
  /// Nothing when the commitment has no verdict yet.
  void set_owed_if_known(const model::CommitmentKey& key, model::PaidState state,
                         const std::optional<model::Money>& owed);
  void take(std::span<const model::VerdictLine> lines);
  /// Bound today, and nothing is final yet. What is neither here nor has a verdict was not bound.
  void set_pending(const model::CommitmentKey& key) { pending_.push_back(key); }
  bool is_pending(const model::CommitmentKey& key) const;

  /// Null when there is none. The revision of the key does not matter.
  const TodayVerdict* find(const model::CommitmentKey& key) const;
  uint64_t bytes() const {
    return arena_.bytes() + notes_.capacity() * sizeof(Note) +
           (entries_.capacity() + notes_.size()) * sizeof(Entry) +
           (numbers_.capacity() + notes_.size()) * sizeof(std::pair<Key, uint32_t>);
  }
  /// All, ascending by key.
  std::vector<std::pair<model::CommitmentKey, TodayVerdict>> list() const;

 private:
  struct Key {
    uint32_t branch = 0, promise = 0, cycle = 0;
    std::string_view ticket;
    bool operator==(const Key&) const = default;
    template <typename Hash>
    // NOLINTNEXTLINE(readability-identifier-naming): Abseil looks for this name
    friend Hash AbslHashValue(Hash hash, const Key& key) {
      return Hash::combine(std::move(hash), key.branch, key.promise, key.cycle, key.ticket);
    }
  };
  using Entry = std::pair<Key, TodayVerdict>;
  /// What was said of one commitment. WHY: told by the million, asked for rarely; they are gathered
  /// when somebody asks.
  struct Note {
    enum class Says : uint8_t { verdict, owed, owed_if_known };
    Key key;
    Says says = Says::verdict;
    TodayVerdict verdict;
  };

  std::optional<Key> find_key(const model::CommitmentKey& key) const;
  void note(const model::CommitmentKey& key, Note::Says says, const TodayVerdict& verdict);
  void gather() const;

  TextArena arena_;
  NameNumbers names_;
  mutable std::vector<Note> notes_;
  mutable std::vector<Entry> entries_;
  mutable absl::flat_hash_map<Key, uint32_t> numbers_;  ///< index in entries_
  std::vector<model::CommitmentKey> pending_;           ///< ascending
};

/// A commitment whose verdict or sum differs.
struct Change {
  model::CommitmentKey key;
  std::optional<TodayVerdict> today;  ///< nullopt: not bound today
  std::optional<size_t> line;         ///< in Outcome::lines; nullopt: no longer bound
};

struct Comparison {
  std::vector<Change> changes;         ///< ascending by key
  std::vector<const Change*> by_line;  ///< parallel to Outcome::lines; null: as today
  uint64_t newly_breached = 0, no_longer_breached = 0;
  uint64_t newly_bound = 0, no_longer_bound = 0;
  std::vector<size_t> undecided;  ///< ascending: lines whose verdict today is not final yet
  std::map<model::Currency, std::pair<model::Money, model::Money>> owed;  ///< today, then now
};

/// Views into `outcome` are by index, into the result by pointer: neither is copied afterwards.
Comparison compare(const Today& today, const Outcome& outcome);

}  // namespace lupaus::rules::scenario
