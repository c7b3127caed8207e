// What finance's door needs of the configuration and of the payees.
#pragma once

#include "server/api/payout_ports.h"
#include "server/config/config.h"

namespace lupaus::server::payees {
class Payees;
}

namespace lupaus::server {

/// `payees` may be nullptr; else it outlives the ports.
api::PayoutPorts payout_ports(const config::Finance& finance, const payees::Payees* payees);

}  // namespace lupaus::server
