// Translation of small values.
#include "server/wire/values.h"

#include <charconv>

#include "google/protobuf/timestamp.pb.h"
#include "lupaus/v1/money.pb.h"
#include "server/wire/status.h"

namespace lupaus::server::wire {

using rules::model::Instant;
using rules::model::Result;

Result<Instant> from_timestamp(const google::protobuf::Timestamp& timestamp) {
  // The years 1 and 9999, as protobuf bounds them.
  constexpr int64_t kLeast = -62'135'596'800;
  constexpr int64_t kMost = 253'402'300'799;
  if (timestamp.seconds() < kLeast || timestamp.seconds() > kMost || timestamp.nanos() < 0 ||
      timestamp.nanos() > 999'999'999) {
    return invalid_field("timestamp", "expected an instant of the years 1 to 9999");
  }
  return rules::model::from_unix_ms(timestamp.seconds() * 1000 + timestamp.nanos() / 1'000'000);
}

void to_timestamp(Instant instant, google::protobuf::Timestamp& timestamp) {
  int64_t ms = rules::model::to_unix_ms(instant);
  int64_t rest = ms % 1000;
  if (rest < 0) rest += 1000;
  timestamp.set_seconds((ms - rest) / 1000);
  timestamp.set_nanos(static_cast<int32_t>(rest) * 1'000'000);
}

void to_money(rules::model::Money money, v1::Money& message) {
  message.set_currency(std::string(money.currency.text()));
  message.set_amount(rules::model::format_amount(money));
}

void to_money(rules::model::Currency currency, const rules::model::MinorSum& sum,
              v1::Money& message) {
  message.set_currency(std::string(currency.text()));
  message.set_amount(rules::model::format_amount(currency, sum));
}

Result<size_t> page_size(int32_t size, size_t usual, size_t most) {
  if (size < 0) return invalid_field("page_size", "expected 0 or more");
  if (size == 0) return usual;
  return std::min(static_cast<size_t>(size), most);
}

std::string to_page_token(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string token;
  for (char byte : bytes) {
    token.push_back(kDigits[static_cast<uint8_t>(byte) >> 4]);
    token.push_back(kDigits[static_cast<uint8_t>(byte) & 15]);
  }
  return token;
}

Result<std::string> from_page_token(std::string_view token) {
  std::string bytes;
  for (size_t i = 0; i + 1 < token.size(); i += 2) {
    uint8_t byte = 0;
    auto [end, failure] = std::from_chars(token.data() + i, token.data() + i + 2, byte, 16);
    if (failure != std::errc() || end != token.data() + i + 2) break;
    bytes.push_back(static_cast<char>(byte));
  }
  if (bytes.size() * 2 != token.size()) {
    return invalid_field("page_token", "expected the next_page_token of the page before");
  }
  return bytes;
}

Result<uint64_t> position_of_token(std::string_view token) {
  uint64_t position = 0;
  if (token.empty()) return position;
  auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), position);
  if (failure != std::errc() || end != token.data() + token.size()) {
    return invalid_field("page_token", "expected the next_page_token of the page before");
  }
  return position;
}

}  // namespace lupaus::server::wire
