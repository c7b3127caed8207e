#include "server/console/escapes.h"

#include <algorithm>

#include "fmt/format.h"
#include "rules/model/utf8.h"

namespace lupaus::server::console {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> without_escapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    plain += c;
  }
  return plain;
}

bool is_fit(std::string_view text, std::string_view may_hold) {
  while (!text.empty()) {
    const size_t length = rules::model::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool is_control = first < 0x20 || first == 0x7F;
    if (length == 0 || (is_control && may_hold.find(text.front()) == std::string_view::npos))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::optional<std::string> unescape_segment(std::string_view text) {
  std::optional<std::string> plain = without_escapes(text);
  if (plain && !is_fit(*plain, "")) plain.reset();
  return plain;
}

std::optional<std::string> unescape_value(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  std::optional<std::string> plain = without_escapes(spaced);
  if (plain && !is_fit(*plain, "\t\r\n")) plain.reset();
  return plain;
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::optional<Parameters> read_query(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    auto name = unescape_value(part.substr(0, equals));
    auto value = unescape_value(equals == std::string_view::npos ? "" : part.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

}  // namespace lupaus::server::console
