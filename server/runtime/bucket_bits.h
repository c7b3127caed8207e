// A set of small numbers that finds its next member in a handful of word reads. The deadline wheel
// marks with it which of its buckets hold something.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lupaus::server::runtime {

/// Members are below `size` (fixed at construction, at most 2^24). Single-threaded.
class BucketBits {
 public:
  explicit BucketBits(size_t size);

  void insert(size_t member);
  void erase(size_t member);
  /// The least member >= `from`.
  std::optional<size_t> find_from(size_t from) const;

 private:
  static constexpr int kLevels = 4;
  std::vector<uint64_t>
      words_[kLevels];  ///< a bit of level n+1 says that a word of level n is not zero
};

}  // namespace lupaus::server::runtime
