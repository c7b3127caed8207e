// Blocks of a mebibyte; what is larger gets one of its own.
#include "rules/scenario/text_arena.h"

#include <algorithm>

namespace lupaus::rules::scenario {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;

}  // namespace

char* TextArena::make_room(size_t size) {
  if (size > left_) {
    const size_t block = std::max(kBlockBytes, size);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
    bytes_ += block;
  }
  char* const room = next_;
  next_ += size;
  left_ -= size;
  return room;
}

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const room = make_room(text.size());
  std::memcpy(room, text.data(), text.size());
  return {room, text.size()};
}

uint32_t NameNumbers::look_up(std::string_view text, TextArena& arena) {
  auto number = static_cast<uint32_t>(names_.size());
  if (const auto known = numbers_.find(text); known != numbers_.end()) {
    number = known->second;
  } else {
    names_.push_back(arena.keep(text));
    numbers_.emplace(names_.back(), number);
  }
  recent_[place_of(text)] = number + 1;
  return number;
}

std::optional<uint32_t> NameNumbers::find(std::string_view text) const {
  const auto known = numbers_.find(text);
  return known == numbers_.end() ? std::nullopt : std::optional(known->second);
}

}  // namespace lupaus::rules::scenario
