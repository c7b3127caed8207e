// The CloudEvents (structured JSON) that leave by webhook: the same bytes on every attempt for one
// compensation.
#pragma once

#include <string>

#include "server/compensate/channel.h"

namespace lupaus::server::compensate {

/// Type `lupaus.compensation.owed.v1`: whom to pay what, and why.
std::string webhook_body(const rules::ledger::Compensation& compensation);

/// Type `lupaus.apology.v1`: a message to the customer and no sum.
std::string apology_body(const rules::ledger::Compensation& compensation, const Wording& wording);

/// "C-1-42": the key by which a receiver tells repetitions apart.
std::string delivery_key(const rules::ledger::Compensation& compensation);

}  // namespace lupaus::server::compensate
