// Payees of the demo: made-up people with made-up accounts, sealed by a key that lives as long as
// the demo's folder.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "rules/model/result.h"
#include "server/config/config.h"

namespace lupaus::server {

/// Makes a key in `folder`, which is not the data_dir, and puts it and a sample debtor into
/// `config`.
rules::model::Result<void> configure_payees(const std::string& folder, config::Config& config);

/// A payee for each simulated customer, imported as finance would.
rules::model::Result<void> import_payees(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace lupaus::server
