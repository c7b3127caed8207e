// The table of statuses.
#include "server/wire/status.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"

namespace lupaus::server::wire {
namespace {

using rules::model::Error;

constexpr std::array<std::pair<std::string_view, grpc::StatusCode>, 42> kCodes = {{
    {"invalid_field", grpc::StatusCode::INVALID_ARGUMENT},
    {"invalid_argument", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_sweep", grpc::StatusCode::INVALID_ARGUMENT},
    {"too_many_lines", grpc::StatusCode::INVALID_ARGUMENT},
    {"too_much_history", grpc::StatusCode::RESOURCE_EXHAUSTED},
    {"busy", grpc::StatusCode::RESOURCE_EXHAUSTED},
    {"message_too_large", grpc::StatusCode::RESOURCE_EXHAUSTED},
    {"sequence_gap", grpc::StatusCode::OUT_OF_RANGE},
    {"changed_duplicate", grpc::StatusCode::ALREADY_EXISTS},
    {"no_book", grpc::StatusCode::FAILED_PRECONDITION},
    {"old_epoch", grpc::StatusCode::FAILED_PRECONDITION},
    {"unknown_branch", grpc::StatusCode::NOT_FOUND},
    {"unknown_promise", grpc::StatusCode::NOT_FOUND},
    {"unknown_source", grpc::StatusCode::NOT_FOUND},
    {"not_found", grpc::StatusCode::NOT_FOUND},
    {"nothing_to_pay", grpc::StatusCode::FAILED_PRECONDITION},
    {"unauthenticated", grpc::StatusCode::UNAUTHENTICATED},
    {"forbidden", grpc::StatusCode::PERMISSION_DENIED},
    {"four_eyes", grpc::StatusCode::PERMISSION_DENIED},
    {"cancelled", grpc::StatusCode::CANCELLED},
    {"stopping", grpc::StatusCode::UNAVAILABLE},
    {"ambiguous", grpc::StatusCode::FAILED_PRECONDITION},
    {"wrong_state", grpc::StatusCode::FAILED_PRECONDITION},
    {"who", grpc::StatusCode::UNAUTHENTICATED},
    {"not_rejected", grpc::StatusCode::FAILED_PRECONDITION},
    {"already_redeemed", grpc::StatusCode::FAILED_PRECONDITION},
    {"storage", grpc::StatusCode::DATA_LOSS},
    {"not_supported", grpc::StatusCode::UNIMPLEMENTED},
    {"bad_source", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_epoch", grpc::StatusCode::INVALID_ARGUMENT},
    {"unknown_epoch", grpc::StatusCode::FAILED_PRECONDITION},
    {"unknown_format", grpc::StatusCode::INVALID_ARGUMENT},
    {"unknown_form", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_reason", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_excuse", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_month", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_verdict", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_url", grpc::StatusCode::INVALID_ARGUMENT},
    {"bad_voucher", grpc::StatusCode::INVALID_ARGUMENT},
    {"changed_file", grpc::StatusCode::FAILED_PRECONDITION},
    {"bad_answer", grpc::StatusCode::INVALID_ARGUMENT},
    {"answer_too_large", grpc::StatusCode::INVALID_ARGUMENT},
}};

grpc::StatusCode code_of(std::string_view code) {
  for (const auto& [ours, theirs] : kCodes) {
    if (ours == code) return theirs;
  }
  return grpc::StatusCode::FAILED_PRECONDITION;
}

void varint(uint64_t value, std::string& message) {
  for (; value >= 128; value >>= 7) message.push_back(static_cast<char>((value & 127) | 128));
  message.push_back(static_cast<char>(value));
}

void number(uint8_t field, uint64_t value, std::string& message) {
  message.push_back(static_cast<char>(field << 3));
  varint(value, message);
}

void bytes(uint8_t field, std::string_view content, std::string& message) {
  message.push_back(static_cast<char>((field << 3) | 2));
  varint(content.size(), message);
  message += content;
}

/// google.protobuf.Any of a message of google.rpc.
std::string any(std::string_view name, std::string_view content) {
  std::string wrapped;
  bytes(1, fmt::format("type.googleapis.com/google.rpc.{}", name), wrapped);
  bytes(2, content, wrapped);
  return wrapped;
}

/// What google.rpc.Status says besides code and message.
struct Particulars {
  std::string_view reason, hint, field, violation;  ///< "": not said
  std::optional<std::chrono::milliseconds> retry_after;
};

std::string error_info(std::string_view reason, std::string_view hint) {
  std::string info;
  bytes(1, reason.substr(0, 64), info);
  bytes(2, "lupaus", info);
  if (hint.empty()) return info;
  std::string entry;
  bytes(1, "hint", entry);
  bytes(2, hint, entry);
  bytes(3, entry, info);
  return info;
}

std::string bad_request(std::string_view field, std::string_view violation) {
  std::string entry;
  bytes(1, field, entry);
  bytes(2, violation, entry);
  std::string bad;
  bytes(1, entry, bad);
  return bad;
}

/// google.rpc.Status{code, message, details: [ErrorInfo{reason, domain, metadata{hint}},
/// BadRequest{field, description}, RetryInfo{retry_delay}]}, by hand: its generated code is not
/// packaged.
std::string details(grpc::StatusCode code, std::string_view message, const Particulars& told) {
  constexpr size_t kMessageSizeMax = 4096;
  std::string status;
  number(1, static_cast<uint64_t>(code), status);
  bytes(2, message.substr(0, kMessageSizeMax), status);
  bytes(3, any("ErrorInfo", error_info(told.reason, told.hint.substr(0, kMessageSizeMax))), status);
  if (!told.field.empty())
    bytes(3, any("BadRequest", bad_request(told.field, told.violation.substr(0, kMessageSizeMax))),
          status);
  if (!told.retry_after) return status;
  const auto milliseconds = static_cast<uint64_t>(std::max<int64_t>(told.retry_after->count(), 0));
  std::string delay;
  number(1, milliseconds / 1'000, delay);
  number(2, milliseconds % 1'000 * 1'000'000, delay);
  std::string retry;
  bytes(1, delay, retry);
  bytes(3, any("RetryInfo", retry), status);
  return status;
}

}  // namespace

grpc::Status to_status(const Error& error, std::optional<std::chrono::milliseconds> retry_after) {
  std::string message;
  if (!error.span.file.empty())
    message = fmt::format("{}:{}:{}: ", error.span.file, error.span.line, error.span.column);
  message += error.message;
  if (!error.hint.empty()) message += "; " + error.hint;
  grpc::StatusCode code = code_of(error.code);
  Particulars told{error.code, error.hint, {}, {}, retry_after};
  const std::string_view sentence = error.message;
  if (const size_t colon = sentence.find(": ");
      error.code == "invalid_field" && colon != std::string_view::npos) {
    told.field = sentence.substr(0, colon);
    told.violation = sentence.substr(colon + 2);
  }
  return grpc::Status(code, message, details(code, message, told));
}

Error too_large(size_t size, size_t max) {
  return Error{"message_too_large",
               fmt::format("expected a message of at most {} bytes, but it has {}", max, size),
               "send fewer events in a message, or shorter attributes",
               {}};
}

Error invalid_field(std::string_view name, std::string_view what) {
  return Error{"invalid_field", fmt::format("{}: {}", name, what), "", {}};
}

}  // namespace lupaus::server::wire
