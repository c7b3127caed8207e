// Excuses by hand, later than settlement (R93): the breach stays in the log, what is unpaid is
// declined, nothing is clawed back.
#pragma once

#include <string_view>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// What is recorded when `who` excuses the breach; refused unless the promise knows the excuse and
/// leaves it to people, each of them once, and as many breaches as its `max_share` allows: of those
/// of the promise that became owed in the same month (UTC).
model::Result<std::vector<model::FactBody>> decide_excuse(const State& state,
                                                          const model::ExcuseBreach& command,
                                                          std::string_view who);

/// What Excused makes of the compensation.
void fold_excuse(const model::Excused& excused, std::string_view who, Compensation& compensation);

}  // namespace lupaus::rules::ledger
