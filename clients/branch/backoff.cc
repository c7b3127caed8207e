#include "clients/branch/backoff.h"

#include <algorithm>

namespace lupaus::clients::branch {

Backoff::Backoff(std::chrono::milliseconds min, std::chrono::milliseconds max, uint64_t seed)
    : min_(std::max(min, std::chrono::milliseconds(1))),
      max_(std::max(max, min_)),
      ceiling_(min_),
      random_(seed) {}

std::chrono::milliseconds Backoff::next() {
  const int64_t ceiling = std::min(ceiling_, max_).count();
  const int64_t floor = ceiling - ceiling / 2;
  const auto span = static_cast<uint64_t>(ceiling - floor + 1);
  ceiling_ = std::min(ceiling_ * 2, max_);
  return std::chrono::milliseconds(floor + static_cast<int64_t>(random_() % span));
}

}  // namespace lupaus::clients::branch
