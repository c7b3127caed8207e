// What finance's door needs of the server beyond the ledger.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "server/api/payout_message.h"
#include "server/finance/render.h"

namespace lupaus::server::api {

/// Copied by whoever takes it; what its functions refer to outlives the service.
struct PayoutPorts {
  HasPayee has_payee = {};
  finance::FindPayee find_payee = {};  ///< empty: the server keeps no payees
  /// Stands for who these customers are now; empty like `find_payee`.
  std::function<std::string(std::span<const std::string>)> payees_digest = {};
  finance::FinanceSettings settings = {};
};

}  // namespace lupaus::server::api
