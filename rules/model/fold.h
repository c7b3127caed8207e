// The mixing step of our hashes.
#pragma once

#include <cstdint>

namespace lupaus::rules::model {

inline constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;  ///< 2^64 divided by the golden ratio

/// Folds a 128-bit product: every bit of both depends on every bit of the answer.
constexpr uint64_t fold(uint64_t left, uint64_t right) {
  const unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace lupaus::rules::model
