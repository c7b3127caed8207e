#include "rules/language/cel/arena.h"

#include <algorithm>
#include <cstring>

namespace lupaus::rules::language::cel {

void* Arena::take(size_t bytes) {
  constexpr size_t kBlockBytes = 1024;
  const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded > left_) {
    const size_t size = std::max(kBlockBytes, rounded);
    // WHY: not make_unique, which would write zeros first.
    blocks_.emplace_back(new std::byte[size]);
    free_ = blocks_.back().get();
    left_ = size;
  }
  std::byte* taken = free_;
  free_ += rounded;
  left_ -= rounded;
  return taken;
}

std::string_view Arena::join(std::string_view left, std::string_view right) {
  const size_t size = left.size() + right.size();
  if (size == 0) return {};
  char* bytes = static_cast<char*>(take(size));
  if (!left.empty()) std::memcpy(bytes, left.data(), left.size());
  if (!right.empty()) std::memcpy(bytes + left.size(), right.data(), right.size());
  return {bytes, size};
}

}  // namespace lupaus::rules::language::cel
