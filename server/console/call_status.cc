// Details are read by hand: the generated code of google.rpc is not packaged.
#include "server/console/call_status.h"

#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/support/status.h>

#include <array>
#include <string_view>
#include <utility>

namespace lupaus::server::console {
namespace {

using google::protobuf::io::CodedInputStream;

constexpr std::array<std::string_view, 17> kNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

/// Calls `take(field, bytes)` for each length-delimited field; stops at what it cannot read.
template <typename Take>
void read_fields(std::string_view message, Take take) {
  CodedInputStream stream(reinterpret_cast<const uint8_t*>(message.data()),
                          static_cast<int>(message.size()));
  while (const uint32_t tag = stream.ReadTag()) {
    uint64_t number = 0;
    uint32_t size = 0;
    std::string bytes;
    if ((tag & 7) == 0) {
      if (!stream.ReadVarint64(&number)) return;
    } else if ((tag & 7) == 2) {
      if (!stream.ReadVarint32(&size) || !stream.ReadString(&bytes, static_cast<int>(size))) return;
      take(tag >> 3, bytes);
    } else {
      return;
    }
  }
}

std::pair<std::string, std::string> read_pair(std::string_view message) {
  std::pair<std::string, std::string> pair;
  read_fields(message, [&](uint32_t field, const std::string& bytes) {
    if (field == 1) pair.first = bytes;
    if (field == 2) pair.second = bytes;
  });
  return pair;
}

void read_error_info(std::string_view info, Refusal& refusal) {
  read_fields(info, [&](uint32_t field, const std::string& bytes) {
    if (field == 1) refusal.reason = bytes;
    if (field != 3) return;
    const auto [key, value] = read_pair(bytes);
    if (key == "hint") refusal.hint = value;
  });
}

void read_detail(std::string_view any, Refusal& refusal) {
  const auto [type, content] = read_pair(any);
  if (type.ends_with("google.rpc.ErrorInfo")) read_error_info(content, refusal);
  if (!type.ends_with("google.rpc.BadRequest")) return;
  read_fields(content, [&](uint32_t field, const std::string& bytes) {
    if (field != 1) return;
    auto [name, message] = read_pair(bytes);
    refusal.fields.push_back({std::move(name), std::move(message)});
  });
}

}  // namespace

Refusal to_refusal(const grpc::Status& status) {
  const auto code = static_cast<size_t>(status.error_code());
  Refusal refusal;
  refusal.code = code < kNames.size() ? kNames[code] : kNames[2];
  refusal.message = status.error_message();
  read_fields(status.error_details(), [&](uint32_t field, const std::string& bytes) {
    if (field == 3) read_detail(bytes, refusal);
  });
  // The status has sentence and hint in one.
  const std::string tail = "; " + refusal.hint;
  if (!refusal.hint.empty() && refusal.message.ends_with(tail))
    refusal.message.resize(refusal.message.size() - tail.size());
  if (refusal.reason.empty()) refusal.reason = "call_failed";
  return refusal;
}

}  // namespace lupaus::server::console
