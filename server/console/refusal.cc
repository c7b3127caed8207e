#include "server/console/refusal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"
#include "rules/model/utf8.h"

namespace lupaus::server::console {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 15> kStatuses = {{
    {"CANCELLED", 499},
    {"INVALID_ARGUMENT", 400},
    {"DEADLINE_EXCEEDED", 504},
    {"NOT_FOUND", 404},
    {"ALREADY_EXISTS", 409},
    {"PERMISSION_DENIED", 403},
    {"RESOURCE_EXHAUSTED", 429},
    {"FAILED_PRECONDITION", 400},
    {"ABORTED", 409},
    {"OUT_OF_RANGE", 400},
    {"UNIMPLEMENTED", 501},
    {"INTERNAL", 500},
    {"UNAVAILABLE", 503},
    {"DATA_LOSS", 500},
    {"UNAUTHENTICATED", 401},
}};

}  // namespace

std::string json_text(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    const size_t length = rules::model::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      json += "\\ufffd";
    } else if (first == '"' || first == '\\') {
      json += '\\';
      json += text.front();
    } else if (first < 0x20 || first == '<') {
      json += fmt::format("\\u{:04x}", first);
    } else {
      json += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return json + "\"";
}

std::string to_json(const Refusal& refusal) {
  std::string json = fmt::format(R"({{"code":{},"reason":{},"message":{})", json_text(refusal.code),
                                 json_text(refusal.reason), json_text(refusal.message));
  if (!refusal.hint.empty()) json += ",\"hint\":" + json_text(refusal.hint);
  for (size_t i = 0; i < refusal.fields.size(); ++i) {
    json += fmt::format(R"({}{{"field":{},"message":{}}})", i == 0 ? ",\"fields\":[" : ",",
                        json_text(refusal.fields[i].field), json_text(refusal.fields[i].message));
  }
  return json + (refusal.fields.empty() ? "}" : "]}");
}

Reply to_reply(int status, const Refusal& refusal) {
  Reply reply;
  reply.status = status;
  reply.content_type = "application/json";
  reply.body = to_json(refusal) + "\n";
  return reply;
}

int http_status(std::string_view code) {
  for (const auto& [name, status] : kStatuses) {
    if (name == code) return status;
  }
  return 500;
}

}  // namespace lupaus::server::console
