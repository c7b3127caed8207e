// All randomness of a simulation: one seed, drawn in one order, the same on every machine. No
// floating point and nothing of the standard library whose algorithm may differ.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/model/instant.h"

namespace lupaus::tests::simulation {

using rules::model::Duration;
using rules::model::Instant;

/// SplitMix64. Copies go on independently with the same numbers.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }
  /// In [0, end); 0 when end is 0.
  uint64_t below(uint64_t end) { return end == 0 ? 0 : next() % end; }
  /// In [least, most].
  int64_t between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(below(static_cast<uint64_t>(most - least) + 1));
  }
  Duration between(Duration least, Duration most) {
    return Duration(between(least.count(), most.count()));
  }
  bool happens(uint32_t per_million) { return below(1'000'000) < per_million; }
  template <typename T>
  T& one_of(std::vector<T>& list) {
    return list[below(list.size())];
  }
  /// A source of its own, so that one part of the world draws as it likes without moving the rest.
  Chance fork() { return Chance(next()); }

 private:
  uint64_t state_;
};

}  // namespace lupaus::tests::simulation
