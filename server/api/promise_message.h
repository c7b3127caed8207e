// A promise on the wire.
#pragma once

#include "rules/engine/state.h"

namespace lupaus::v1 {
class Promise;
}

namespace lupaus::server::api {

/// All but whether it is upcoming.
void to_message(const rules::engine::State::PromiseInForce& in_force, v1::Promise& message);

}  // namespace lupaus::server::api
