// The way to the server: plain on loopback, TLS when its files are given. The stubs are made from
// the channel.
#pragma once

#include <memory>

#include "clients/cli/context.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace lupaus::clients::cli {

/// Name of the metadata in which an unauthenticated caller says who acts.
inline constexpr const char* kActorMetadata = "lupaus-actor";

/// Connects lazily; an error only where a TLS file cannot be read.
rules::model::Result<std::shared_ptr<grpc::Channel>> connect(const Context& context);

/// Puts the actor into the call.
void name_actor(const Context& context, grpc::ClientContext& call);

/// Prints what the server answered and sets the exit code: 2 a wrong argument, 4 not found or wrong
/// state, 5 refused, 6 unreachable, else 1.
void fail_with(Context& context, const grpc::Status& status);

}  // namespace lupaus::clients::cli
