// Lengths of time counted in buckets that grow with them: 64 to an octave, so that a percentile
// read from them is within 1 % of the exact one. Few lengths lie sparse, many dense.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace lupaus::server::report {

class WaitCounts {
 public:
  /// So many lengths of `ms` more; negative: fewer, of what was added before. Lengths below 0 count
  /// as 0.
  void add(int64_t ms, int64_t times = 1);
  /// All of the other's; `sign` -1 takes them away again.
  void add(const WaitCounts& other, int sign = 1);
  /// One bucket, and what its lengths have in sum; for rows.
  void add_bucket(uint16_t bucket, int64_t times);
  void add_total(int64_t total_ms) { total_ms_ += total_ms; }

  bool is_empty() const { return count_ == 0; }
  uint64_t count() const { return static_cast<uint64_t>(count_); }
  int64_t total_ms() const { return total_ms_; }
  /// The longest, within 1 %; 0 when empty.
  int64_t max_ms() const;
  /// Nearest rank: the least length that `percent` of all do not exceed, within 1 %; 0 when empty.
  int64_t percentile(int percent) const;

  /// Ascending, without the empty ones.
  void visit(const std::function<void(uint16_t bucket, int64_t times)>& visit) const;
  static uint16_t bucket_of(int64_t ms);
  static int64_t bucket_begin(uint16_t bucket);  ///< its shortest length
  static int64_t bucket_end(uint16_t bucket);    ///< the shortest one of the next
  static int64_t bucket_middle(uint16_t bucket);

  bool operator==(const WaitCounts& other) const;

 private:
  struct Slot {
    uint16_t bucket = 0;
    int32_t times = 0;
  };
  void make_dense();
  int32_t& slot(uint16_t bucket);

  int64_t count_ = 0, total_ms_ = 0;
  std::vector<Slot> sparse_;    ///< ascending; empty once dense
  std::vector<int32_t> dense_;  ///< from bucket `first_` on
  uint16_t first_ = 0;
};

}  // namespace lupaus::server::report
