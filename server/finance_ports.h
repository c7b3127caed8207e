// What finance's door needs of the configuration and of the payees.
#pragma once

#include "server/api/payout_ports.h"
#include "server/config/config.h"

namespace lupaus::server::payees {
class Payees;
}

namespace lupaus::server {

/// `payees` may be nullptr; else it outlives the ports. Scratch files, which hold names and IBANs
/// in clear while a workbook is made, lie in a folder of `data_dir` that nobody else may read.
api::PayoutPorts payout_ports(const config::Config& config, const payees::Payees* payees);

}  // namespace lupaus::server
