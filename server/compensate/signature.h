// Signatures of what leaves the house: HMAC-SHA256 over the sending time and the body.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rules/model/instant.h"

namespace lupaus::server::compensate {

/// HMAC-SHA256 of `text`: 32 bytes.
std::string hmac_sha256(std::string_view secret, std::string_view text);

/// Lower-case hex.
std::string to_hex(std::string_view bytes);

/// "t=1767596400,v1=<hex>[,v1=<hex>]": t in whole seconds UTC, one v1 = HMAC-SHA256(secret,
/// "t.body") for each secret. A receiver accepts any v1 that it can make, so that secrets are
/// rotated without a gap.
std::string sign(std::span<const std::string> secrets, rules::model::Instant at,
                 std::string_view body);

}  // namespace lupaus::server::compensate
