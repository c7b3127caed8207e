// From the library's values to the contract's messages and back.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "clients/branch/terminal.h"
#include "lupaus/v1/signal.pb.h"

namespace lupaus::clients::branch {

void set_instant(google::protobuf::Timestamp& out, Instant instant);
Instant to_instant(const google::protobuf::Timestamp& timestamp);
Signal to_signal(const lupaus::v1::WatchSignalsResponse& response);

}  // namespace lupaus::clients::branch
