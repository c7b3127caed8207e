// What every synchronous call of these services begins and ends with.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "server/wire/identity.h"
#include "server/wire/status.h"

namespace lupaus::server::api {

/// Identifies the caller and runs `work(identity)`, a Result<void>.
template <typename Work>
grpc::Status serve(const grpc::ServerContext& context, Work work) {
  rules::model::Result<wire::Identity> identity = wire::identity_of(context);
  if (!identity) return wire::to_status(identity.error());
  rules::model::Result<void> done = work(*identity);
  return done ? grpc::Status::OK : wire::to_status(done.error());
}

/// As `serve`, for what only a person with a name may do.
template <typename Work>
grpc::Status serve_named(const grpc::ServerContext& context, Work work) {
  return serve(context, [&](const wire::Identity& identity) {
    rules::model::Result<void> allowed = wire::require_person(identity);
    if (allowed.ok()) allowed = wire::require_name(identity);
    return allowed ? work(identity) : allowed;
  });
}

/// As `serve`, for what sources may not do.
template <typename Work>
grpc::Status serve_person(const grpc::ServerContext& context, Work work) {
  return serve(context, [&](const wire::Identity& identity) {
    rules::model::Result<void> allowed = wire::require_person(identity);
    return allowed ? work(identity) : allowed;
  });
}

}  // namespace lupaus::server::api
