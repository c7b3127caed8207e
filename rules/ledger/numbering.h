// Which numbers and ids are given next. What was given is never given again, not even by a server
// that was put back from a backup and does not know all that was.
#pragma once

#include <string>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// "B-20260105-0001": the first free one of the UTC day.
std::string next_batch_id(const Ledger& ledger, model::Instant now);

/// Where numbers and ids go on after a restore: beyond all that the lost server may have given out,
/// and beyond what another restore of the same backup gave.
model::Restored go_on_beyond(const Ledger& ledger, model::Instant now);

}  // namespace lupaus::rules::ledger
