// What a failed call told, as the console's error.
#pragma once

#include "server/console/refusal.h"

namespace grpc {
class Status;
}

namespace lupaus::server::console {

/// Code, sentence, and what the details (google.rpc.Status) say: reason, hint, field violations.
Refusal to_refusal(const grpc::Status& status);

}  // namespace lupaus::server::console
