#include "clients/branch/backoff.h"

#include <algorithm>

namespace lupaus::clients::branch {

Backoff::Backoff(std::chrono::milliseconds min, std::chrono::milliseconds max, uint64_t seed)
    : min_(std::max(min, std::chrono::milliseconds(1))),
      max_(std::max(max, min_)),
      ceiling_(min_),
      random_(seed) {}

std::chrono::milliseconds Backoff::next() {
  const auto ceiling = static_cast<uint64_t>(std::min(ceiling_, max_).count());
  ceiling_ = std::min(ceiling_ * 2, max_);
  return std::chrono::milliseconds(1 + random_() % ceiling);
}

}  // namespace lupaus::clients::branch
