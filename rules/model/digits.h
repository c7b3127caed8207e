// Reading plain decimal digits out of notation: no sign, no locale, no overflow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lupaus::rules::model {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How many characters at the front of `text` are digits.
constexpr size_t count_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// The value of a text that is digits alone; nullopt when it is not, when it is empty, or beyond 18
/// digits (above them an int64 could overflow).
constexpr std::optional<int64_t> read_digits(std::string_view text) {
  if (text.empty() || text.size() > 18 || count_digits(text) != text.size()) return std::nullopt;
  int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

/// The digits of a fraction as thousandths; what follows the third is cut off.
constexpr int64_t read_thousandths(std::string_view digits) {
  int64_t value = 0;
  for (size_t i = 0; i < 3; ++i) value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return value;
}

}  // namespace lupaus::rules::model
