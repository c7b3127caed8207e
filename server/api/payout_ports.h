// What finance's door needs of the server beyond the ledger.
#pragma once

#include "server/api/payout_message.h"

namespace lupaus::server::api {

/// Copied by whoever takes it; what its functions refer to outlives the service.
struct PayoutPorts {
  HasPayee has_payee = {};
};

}  // namespace lupaus::server::api
