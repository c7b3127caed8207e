// The words that a wording is read by, a table a language.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/language/wording.h"

namespace lupaus::rules::language {

/// A word that ends in `*` in the table stands for all that begin so.
bool is_word_like(std::string_view word, std::string_view pattern);
bool is_word_among(std::string_view word, std::span<const std::string_view> patterns);

/// What a word counts: `minuutissa` is time, a minute in milliseconds.
struct UnitWord {
  std::string_view pattern;
  Quantity::Kind kind = Quantity::Kind::time;
  int64_t milliseconds = 0;  ///< of one, for `time`
};

struct LanguageWords {
  std::span<const UnitWord> units;
  /// May stand between a number and its unit: `five full days`.
  std::span<const std::string_view> between;
  /// Of those, what turns days into business days, and into calendar days.
  std::span<const std::string_view> business, calendar;
  std::span<const std::string_view> one;   ///< `a`: a number only before a unit
  std::span<const std::string_view> next;  ///< `next`, `same`: name a day without a number
  std::span<const std::string_view> within;
  std::span<const std::string_view> larger;  ///< `hundred`: numbers beyond the table
  std::span<const std::string_view> consequences;
  /// Phrases of small letters, a space between words; `*` as above.
  std::span<const std::string_view> speeds, hedges;
};
/// nullptr for a language that is not understood.
const LanguageWords* find_language_words(std::string_view language);

/// The currencies that the word may mean: "SEK NOK DKK"; "" for none.
std::string_view currencies_of(std::string_view word);
bool is_percent_word(std::string_view word);

}  // namespace lupaus::rules::language
