// Errors of ours as gRPC statuses: one table says which code becomes which status.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "rules/model/result.h"

namespace grpc {
class Status;
}

namespace lupaus::server::wire {

/// The status whose message is the error's sentence and hint, with an ErrorInfo{reason, domain
/// "lupaus", metadata "hint"} in the details, a BadRequest that names the field of an
/// invalid_field, and a RetryInfo where the caller should come back after a while.
grpc::Status to_status(const rules::model::Error& error,
                       std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

/// RESOURCE_EXHAUSTED with both numbers, in bytes.
rules::model::Error too_large(size_t size, size_t max);
/// INVALID_ARGUMENT that names the field ("batch.events[3].occurred_at").
rules::model::Error invalid_field(std::string_view field, std::string_view what);

}  // namespace lupaus::server::wire
