// The table of names of one journal row: source, branch, type and attribute names repeat in almost
// every fact, so a fact carries their numbers.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace lupaus::server::store {

/// Text -> number + 1, from 1 in the order of first use; the empty text is 0. The texts are
/// borrowed until clear().
class NameTable {
 public:
  NameTable() : slots_(256) {}

  uint32_t number(std::string_view text) {
    if (text.empty()) return 0;
    size_t place = hash(text) & (slots_.size() - 1);
    while (slots_[place].generation == generation_) {
      if (texts_[slots_[place].index] == text) return slots_[place].index + 1;
      place = (place + 1) & (slots_.size() - 1);
    }
    slots_[place] = {generation_, static_cast<uint32_t>(texts_.size())};
    texts_.push_back(text);
    if (2 * texts_.size() > slots_.size()) grow();
    return static_cast<uint32_t>(texts_.size());
  }
  const std::vector<std::string_view>& texts() const { return texts_; }
  void clear() {
    texts_.clear();
    ++generation_;
  }

 private:
  struct Slot {
    uint32_t generation = 0;
    uint32_t index = 0;
  };

  template <typename Word>
  static uint64_t load(const char* bytes) {
    Word word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  /// Of the length and both ends: names differ there, and a collision costs a comparison only.
  static uint64_t hash(std::string_view text) {
    const char* begin = text.data();
    const size_t size = text.size();
    uint64_t mixed = size;
    if (size >= 8) {
      mixed ^= load<uint64_t>(begin) * 0x9E3779B97F4A7C15u ^ load<uint64_t>(begin + size - 8);
    } else if (size >= 4) {
      mixed ^= load<uint32_t>(begin) << 32 ^ load<uint32_t>(begin + size - 4);
    } else {
      mixed ^= load<uint8_t>(begin) << 16 ^ load<uint8_t>(begin + size - 1);
    }
    mixed *= 0xD6E8FEB86659FD93u;
    return mixed ^ mixed >> 32;
  }
  void grow() {
    slots_.assign(2 * slots_.size(), {});
    generation_ = 1;
    for (uint32_t i = 0; i < texts_.size(); ++i) {
      size_t place = hash(texts_[i]) & (slots_.size() - 1);
      while (slots_[place].generation == generation_) place = (place + 1) & (slots_.size() - 1);
      slots_[place] = {generation_, i};
    }
  }

  std::vector<Slot> slots_;
  std::vector<std::string_view> texts_;
  uint32_t generation_ = 1;
};

}  // namespace lupaus::server::store
