// Enumerations and the words that files and lines use for them, in the order of the enumerators.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::rules::model {

/// The word of an enumerator that counts from 0.
template <typename E, size_t N>
std::string_view word_of(const std::array<std::string_view, N>& words, E value) {
  const auto index = static_cast<size_t>(value);
  ensure(index < N, "an enumerator has a word");
  return words[index];
}

/// The enumerator of a word; nullopt when none has it. An empty text names none.
template <typename E, size_t N>
std::optional<E> find_word(const std::array<std::string_view, N>& words, std::string_view text) {
  for (size_t i = 0; i < N; ++i) {
    if (!text.empty() && words[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace lupaus::rules::model
