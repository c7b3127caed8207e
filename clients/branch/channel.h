// The connection to a server, and what its refusals say. Not for users of the library: it brings
// gRPC in.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "clients/branch/terminal.h"

namespace lupaus::clients::branch {

/// A lazy channel. Errors: "bad_option" when a certificate file cannot be read.
Result<std::shared_ptr<grpc::Channel>> make_channel(const Options& options);

/// The delay of a google.rpc.RetryInfo among the details of a status (a serialised
/// google.rpc.Status); nothing when there is none, or the bytes are no such message.
std::optional<std::chrono::milliseconds> retry_after_of(std::string_view details);

}  // namespace lupaus::clients::branch
