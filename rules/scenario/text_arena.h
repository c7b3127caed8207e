// Texts kept in large blocks, and numbers for those that come again and again.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace lupaus::rules::scenario {

/// Copies texts into large blocks that live as long as it does.
class TextArena {
 public:
  /// Room for `size` bytes.
  char* make_room(size_t size);
  std::string_view keep(std::string_view text);
  uint64_t bytes() const { return bytes_; }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t left_ = 0;
  char* next_ = nullptr;
  uint64_t bytes_ = 0;
};

/// Names and their dense numbers, in the order in which they came.
class NameNumbers {
 public:
  /// The number of `text`, which is copied into `arena` when it is new; the arena must live as
  /// long.
  uint32_t intern(std::string_view text, TextArena& arena) {
    const uint32_t recent = recent_[place_of(text)];
    if (recent != 0 && names_[recent - 1] == text) return recent - 1;
    return look_up(text, arena);
  }
  std::optional<uint32_t> find(std::string_view text) const;
  const std::vector<std::string_view>& names() const { return names_; }

 private:
  // WHY: a few dozen names make up nearly all lookups; both ends of them cost less than a hash of
  // the whole.
  static size_t place_of(std::string_view text) {
    uint64_t mixed = text.size();
    if (text.size() >= 8) {
      uint64_t begin = 0, end = 0;
      std::memcpy(&begin, text.data(), 8);
      std::memcpy(&end, text.data() + text.size() - 8, 8);
      mixed ^= begin * 0x9E3779B97F4A7C15ULL ^ end;
    } else {
      for (const char c : text) mixed = mixed << 8 | static_cast<unsigned char>(c);
    }
    return (mixed * 0xD6E8FEB86659FD93ULL) >> 55;
  }
  uint32_t look_up(std::string_view text, TextArena& arena);

  std::vector<std::string_view> names_;
  absl::flat_hash_map<std::string_view, uint32_t> numbers_;
  std::array<uint32_t, 512> recent_{};  ///< number + 1 by place; 0: none
};

}  // namespace lupaus::rules::scenario
