// The deadlines of all tickets in memory: a timing wheel of one millisecond a bucket over a coarser
// one. At most one deadline a slot; arming, re-arming and disarming touch a constant number of
// words, whatever is armed.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/model/command.h"
#include "rules/model/instant.h"
#include "server/runtime/bucket_bits.h"

namespace lupaus::server::runtime {

/// Owned by the engine's thread; 16 bytes a slot and 4.5 MB of buckets. Never reads a clock.
class DeadlineWheel {
 public:
  struct Entry {
    rules::model::Instant at{};
    rules::model::TicketSlot slot = 0;
    auto operator<=>(const Entry&) const = default;
  };

  /// `start`: a deadline before it is due at once. Deadlines that are due together come ordered
  /// only from there on.
  explicit DeadlineWheel(rules::model::Instant start);

  /// Replaces the slot's deadline. kEndOfTime disarms.
  void arm(rules::model::TicketSlot slot, rules::model::Instant at);
  void disarm(rules::model::TicketSlot slot);
  bool is_armed(rules::model::TicketSlot slot) const;
  uint64_t armed_count() const { return fine_count_ + coarse_count_; }

  /// Takes deadlines at or before `now` and appends them to `due` by (instant, slot), until at
  /// least `limit` are taken (deadlines of one millisecond are not parted) or none is left.
  void pop_due(rules::model::Instant now, size_t limit, std::vector<Entry>& due);

  /// Nothing is due before this instant; kEndOfTime when nothing is armed. Exact within the next
  /// eight minutes; beyond, it may be early after a disarm.
  rules::model::Instant next() const;

 private:
  static constexpr int kHalfBits = 19;  ///< the fine wheel spans two halves of 2^19 ms
  static constexpr int64_t kFine = int64_t{1} << (kHalfBits + 1);
  static constexpr int64_t kCoarse = 4096;  ///< halves: 24 days; later ones wait in the last bucket
  static constexpr int64_t kCoarseReach = kCoarse - 8;
  static constexpr uint32_t kNone = 0xffff'ffff;  ///< end of a list; `previous_`: not armed
  static constexpr uint32_t kFirst =
      0x8000'0000;  ///< `previous_` of a list's first: this bit and the bucket

  void place(rules::model::TicketSlot slot, int64_t at);
  void unlink(rules::model::TicketSlot slot);
  int64_t next_fine() const;
  int64_t next_coarse_half() const;
  void load_half(int64_t half);
  void enter_half(int64_t half);
  void pop_bucket(std::vector<Entry>& due);

  int64_t cursor_;  ///< no armed deadline lies in a bucket before it
  int64_t half_;    ///< of the cursor; the fine wheel holds this one and the next
  uint64_t fine_count_ = 0;
  uint64_t coarse_count_ = 0;
  std::vector<uint32_t> heads_;        ///< fine buckets, then coarse ones
  std::vector<int64_t> coarse_least_;  ///< lower bound of a coarse bucket's deadlines
  BucketBits fine_bits_;
  BucketBits coarse_bits_;
  std::vector<int64_t> at_;  // by slot
  std::vector<uint32_t> next_;
  std::vector<uint32_t> previous_;
};

}  // namespace lupaus::server::runtime
