// How long to wait before the next attempt to connect: a draw from a range that doubles, so that
// ten thousand terminals do not come back in one second.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace lupaus::clients::branch {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds min, std::chrono::milliseconds max, uint64_t seed);

  /// The n-th call since reset() gives a length drawn evenly from 1 ms to min(max, min * 2^(n-1)).
  std::chrono::milliseconds next();
  void reset() { ceiling_ = min_; }

 private:
  std::chrono::milliseconds min_;
  std::chrono::milliseconds max_;
  std::chrono::milliseconds ceiling_;
  std::mt19937_64 random_;
};

}  // namespace lupaus::clients::branch
