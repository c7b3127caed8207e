// What finance's door needs of the server beyond the ledger.
#pragma once

#include "server/api/payout_message.h"
#include "server/finance/render.h"

namespace lupaus::server::api {

/// Copied by whoever takes it; what its functions refer to outlives the service.
struct PayoutPorts {
  HasPayee has_payee = {};
  finance::FindPayee find_payee = {};  ///< empty: the server keeps no payees
  finance::FinanceSettings settings = {};
};

}  // namespace lupaus::server::api
