// Errors as JSON, the same form whoever refuses: {"code":"NOT_FOUND","reason":"…","message":"…"}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/console/exchange.h"

namespace lupaus::server::console {

struct Refusal {
  std::string code;  ///< of gRPC: "INVALID_ARGUMENT"
  std::string reason;
  std::string message;
  std::string hint;
  struct Field {
    std::string field, message;
  };
  std::vector<Field> fields = {};
};

/// The JSON object, without a line break behind it. Empty members are left out but for the code,
/// the reason and the message.
std::string to_json(const Refusal& refusal);
/// As an answer with that HTTP status.
Reply to_reply(int status, const Refusal& refusal);
/// The HTTP status that goes with a gRPC code: 400 for INVALID_ARGUMENT, 500 for unknown ones.
int http_status(std::string_view code);

/// `text` in quotation marks, as JSON. Bytes that are not UTF-8 become U+FFFD.
std::string json_text(std::string_view text);

}  // namespace lupaus::server::console
