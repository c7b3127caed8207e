// From the library's values to the contract's messages and back, and the channel that carries them.
// Not for users of the library: it brings gRPC in.
#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "clients/branch/terminal.h"
#include "lupaus/v1/signal.pb.h"

namespace lupaus::clients::branch {

void set_instant(google::protobuf::Timestamp& out, Instant instant);
Instant to_instant(const google::protobuf::Timestamp& timestamp);
Signal to_signal(const lupaus::v1::WatchSignalsResponse& response);

/// A lazy channel. Errors: "bad_option" when a certificate file cannot be read.
Result<std::shared_ptr<grpc::Channel>> make_channel(const Options& options);

}  // namespace lupaus::clients::branch
