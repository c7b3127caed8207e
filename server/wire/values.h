// Instants, money and page tokens between rules/ values and the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "rules/model/result.h"

namespace google::protobuf {
class Timestamp;
}
namespace lupaus::v1 {
class Money;
}

namespace lupaus::server::wire {

/// Digits below a millisecond are cut off (R9). An error outside the years 1 to 9999.
rules::model::Result<rules::model::Instant> from_timestamp(
    const google::protobuf::Timestamp& timestamp);
void to_timestamp(rules::model::Instant instant, google::protobuf::Timestamp& timestamp);
void to_money(rules::model::Money money, v1::Money& message);
void to_money(rules::model::Currency currency, const rules::model::MinorSum& sum,
              v1::Money& message);

/// `size` 0 means `usual`; never above `most`. An error when negative.
rules::model::Result<size_t> page_size(int32_t size, size_t usual, size_t most);

/// Opaque and safe to print: the bytes in hexadecimal.
std::string to_page_token(std::string_view bytes);
rules::model::Result<std::string> from_page_token(std::string_view token);
/// A page token that is a position; 0 for the empty token.
rules::model::Result<uint64_t> position_of_token(std::string_view token);

}  // namespace lupaus::server::wire
