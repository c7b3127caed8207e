// Writing plain decimal digits into a text: what is told of every debt is made of them, and a
// formatting library reads its pattern anew each time.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

#include "rules/model/result.h"

namespace lupaus::rules::model {

inline void append_decimal(std::string& text, uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  text.append(digits, end);
}

/// With zeros in front up to `width` digits.
inline void append_padded(std::string& text, uint64_t value, size_t width) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const auto count = static_cast<size_t>(end - digits);
  if (count < width) text.append(width - count, '0');
  text.append(digits, count);
}

/// "promises.yaml:31:5".
inline void append_place(const Span& span, std::string& text) {
  text.append(span.file).append(1, ':');
  append_decimal(text, span.line);
  text += ':';
  append_decimal(text, span.column);
}

}  // namespace lupaus::rules::model
