// What is UTF-8: the one answer for promise files, conditions and whoever prints bytes of unknown
// origin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lupaus::rules::model {

/// What some programs put before a text to say that it is UTF-8; no part of it.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// `text` behind its byte order mark, if it begins with one.
constexpr std::string_view after_byte_order_mark(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

/// How many bytes the code point at the front of `text` takes; 0 where none begins: an empty text,
/// a sequence that is cut off or overlong, a surrogate, or one beyond U+10FFFF (RFC 3629).
constexpr size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (text.empty()) return 0;
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const uint8_t second = byte(1);
  const bool is_out_of_range = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                               (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return is_out_of_range ? 0 : length;
}

/// Where in `text` the first byte stands that is no UTF-8; npos: nowhere.
constexpr size_t find_not_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

constexpr bool is_utf8(std::string_view text) {
  return find_not_utf8(text) == std::string_view::npos;
}

}  // namespace lupaus::rules::model
