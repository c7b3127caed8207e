// Names and their dense indices. Append-only, so an index never changes its meaning while the state
// lives. Words, which events repeat, have the lowest indices, so that two bytes hold them.
#pragma once

#include <array>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "rules/engine/entities.h"
#include "rules/model/fold.h"
#include "rules/model/result.h"

namespace lupaus::rules::engine {

/// Of two texts of one size.
inline bool has_same_bytes(const char* left, const char* right, size_t size) {
  const auto differ = [&]<typename Word>(Word, size_t at) {
    Word a, b;
    std::memcpy(&a, left + at, sizeof(a));
    std::memcpy(&b, right + at, sizeof(b));
    return a != b;
  };
  if (size >= 8) {
    for (size_t at = 0; at + 8 < size; at += 8) {
      if (differ(uint64_t{}, at)) return false;
    }
    return !differ(uint64_t{}, size - 8);
  }
  if (size >= 4) return !differ(uint32_t{}, 0) && !differ(uint32_t{}, size - 4);
  for (size_t at = 0; at < size; ++at) {
    if (left[at] != right[at]) return false;
  }
  return true;
}

/// WHY not ==: names are short and mostly the same, and a call costs more than comparing them.
/// Those of unlike sizes differ without one.
inline bool is_same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && has_same_bytes(left.data(), right.data(), left.size());
}

/// Of a short text, for tables in memory. WHY not absl's: every event asks for its ticket, and a
/// call into a library costs more than reading the name.
inline size_t hash_of(std::string_view text, uint64_t seed = 0) {
  using model::fold;
  using model::kOdd;
  const char* const bytes = text.data();
  const size_t size = text.size();
  const auto read = [&]<typename Word>(Word word, size_t at) {
    std::memcpy(&word, bytes + at, sizeof(word));
    return uint64_t{word};
  };
  uint64_t state = fold(seed ^ kOdd, size ^ 0xA0761D6478BD642FULL);
  uint64_t rest = 0;
  if (size >= 8) {
    for (size_t at = 0; at + 8 < size; at += 8)
      state = fold(state ^ read(uint64_t{}, at), kOdd ^ at);
    rest = read(uint64_t{}, size - 8);
  } else if (size >= 4) {
    rest = read(uint32_t{}, 0) << 32 | read(uint32_t{}, size - 4);
  } else {
    for (size_t at = 0; at < size; ++at) rest = rest << 8 | static_cast<unsigned char>(bytes[at]);
  }
  return static_cast<size_t>(fold(state ^ rest, kOdd));
}

/// Texts of one kind, numbered as they come.
class NameTable {
 public:
  NameIndex intern(std::string_view text) {
    if (const auto known = find(text)) return *known;
    texts_.emplace_back(text);
    const auto index = static_cast<NameIndex>(texts_.size() - 1);
    index_.emplace(texts_.back(), index);
    return index;
  }
  std::optional<NameIndex> find(std::string_view text) const {
    // WHY: nearly all lookups are of a few event types and attributes; telling them apart by their
    // ends costs less than hashing them.
    Recent& recent = recent_[place_of(text)];
    if (is_same_name(recent.text, text) && !text.empty()) return recent.index;
    const auto found = index_.find(text);
    if (found == index_.end()) return std::nullopt;
    recent = {texts_[found->second], found->second};
    return found->second;
  }
  std::string_view text(NameIndex index) const { return texts_[index]; }
  size_t size() const { return texts_.size(); }

 private:
  struct Recent {
    std::string_view text;  ///< lives in `texts_`
    NameIndex index = 0;
  };
  static size_t place_of(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
    return (text.size() * 7U + byte(0) * 5U + byte(text.size() / 2) * 3U + byte(text.size() - 1)) %
           std::tuple_size_v<decltype(recent_)>;
  }

  std::deque<std::string> texts_;  // WHY: stable addresses for the views that are the map's keys
  absl::flat_hash_map<std::string_view, NameIndex> index_;
  mutable std::array<Recent, 64> recent_;
};

/// Words are the event types and attributes of vocabularies; all else (sources, branches, promises)
/// may be without number. A text may be both.
class Names {
 public:
  /// A book that would bring more is refused (`decide_publish`).
  static constexpr size_t kWordsMax = 4'096;

  NameIndex intern(std::string_view text) { return kAfterWords + names_.intern(text); }
  std::optional<NameIndex> find(std::string_view text) const {
    const auto found = names_.find(text);
    return found ? std::optional<NameIndex>(kAfterWords + *found) : std::nullopt;
  }
  WordIndex intern_word(std::string_view text) {
    const NameIndex index = words_.intern(text);
    model::ensure(index < kWordsMax, "a state knows no more words than books may bring");
    return static_cast<WordIndex>(index);
  }
  std::optional<WordIndex> find_word(std::string_view text) const {
    const auto found = words_.find(text);
    return found ? std::optional<WordIndex>(static_cast<WordIndex>(*found)) : std::nullopt;
  }
  /// Of either.
  std::string_view text(NameIndex index) const {
    return index < kAfterWords ? words_.text(index) : names_.text(index - kAfterWords);
  }
  size_t word_count() const { return words_.size(); }

 private:
  static constexpr auto kAfterWords = static_cast<NameIndex>(kWordsMax);
  NameTable words_;
  NameTable names_;
};

}  // namespace lupaus::rules::engine
