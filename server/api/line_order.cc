#include "server/api/line_order.h"

#include <algorithm>

#include "fmt/format.h"
#include "rules/language/suggestion.h"
#include "server/api/file_digest.h"
#include "server/wire/status.h"
#include "server/wire/values.h"

namespace lupaus::server::api {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr size_t kPartsMax = 8;
/// Of all names: an error that quotes them fits into headers.
constexpr size_t kOrderTextMax = 400;
constexpr size_t kNumberBytes = 8;
constexpr size_t kDigestBytes = 16;  ///< hexadecimal digits of SHA-256

void put_number(std::string& bytes, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

uint64_t get_number(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < kNumberBytes; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

/// Ends below every longer text that begins with it; zero bytes inside are escaped.
void put_text(std::string& bytes, std::string_view text) {
  for (const char byte : text) {
    bytes += byte;
    if (byte == '\0') bytes += '\xff';
  }
  bytes.append(2, '\0');
}

void put_value(std::string& bytes, const LineValue& value) {
  bytes += value.kind == LineValue::Kind::absent ? '\0' : '\1';
  if (value.kind == LineValue::Kind::text) return put_text(bytes, value.text);
  put_number(bytes, static_cast<uint64_t>(value.number) ^ uint64_t{1} << 63);
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string seal(std::string_view bytes, const std::string& request) {
  std::string sealed(bytes);
  put_text(sealed, request);
  return hex_sha256(sealed).substr(0, kDigestBytes);
}

}  // namespace

Result<LineOrder> LineOrder::parse(const std::string& text) {
  const auto refuse = [](const std::string& what) { return wire::invalid_field("order_by", what); };
  LineOrder order;
  if (trimmed(text).empty()) return order;
  if (text.size() > kOrderTextMax)
    return refuse(fmt::format("expected at most {} bytes", kOrderTextMax));
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = trimmed(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    const size_t space = std::min(part.find(' '), part.size());
    const std::string_view name = part.substr(0, space);
    const std::string_view direction = trimmed(part.substr(space));
    const auto field = find_line_field(name);
    if (!field) {
      const auto names = line_field_names();
      const std::vector<std::string_view> near(names.begin(), names.end());
      return refuse(fmt::format("expected a name of a line, but got `{}`; {}", name,
                                rules::language::suggest(name, near)));
    }
    if (!direction.empty() && direction != "asc" && direction != "desc")
      return refuse(fmt::format("expected asc or desc after `{}`, but got `{}`", name, direction));
    order.parts_.push_back({*field, direction == "desc"});
    if (order.parts_.size() > kPartsMax)
      return refuse(fmt::format("expected at most {} names", kPartsMax));
  }
  return order;
}

std::string LineOrder::place_of(const rules::model::VerdictLine& line,
                                const BranchZones& zones) const {
  std::string place;
  for (const Part& part : parts_) {
    const size_t begin = place.size();
    put_value(place, value_of(line, part.field, zones));
    if (!part.is_descending) continue;
    for (size_t i = begin; i < place.size(); ++i) place[i] = static_cast<char>(~place[i]);
  }
  put_text(place, line.key.branch);
  put_text(place, line.key.ticket);
  put_text(place, line.key.promise);
  put_number(place, line.key.cycle);
  return place;
}

std::string to_token(const PageEnd& end, const std::string& request) {
  std::string bytes;
  put_number(bytes, end.collection);
  put_number(bytes, end.given);
  bytes += end.place;
  return wire::to_page_token(bytes) + seal(bytes, request);
}

Result<PageEnd> from_token(const std::string& token, const std::string& request) {
  const Error refused = wire::invalid_field(
      "page_token", "expected the next_page_token of the page before, with the same questions");
  if (token.size() < kDigestBytes) return refused;
  const size_t size = token.size() - kDigestBytes;
  const Result<std::string> bytes = wire::from_page_token(token.substr(0, size));
  if (!bytes || bytes->size() < 2 * kNumberBytes) return refused;
  // WHY: hexadecimal digits may be written in two ways, a token in one.
  if (wire::to_page_token(*bytes) != token.substr(0, size)) return refused;
  if (seal(*bytes, request) != token.substr(size)) return refused;
  return PageEnd{get_number(*bytes), get_number(std::string_view(*bytes).substr(kNumberBytes)),
                 bytes->substr(2 * kNumberBytes)};
}

}  // namespace lupaus::server::api
