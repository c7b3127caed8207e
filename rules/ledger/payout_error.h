// Errors of those who decide on one compensation: they name it, say in which state it is and what
// to do instead.
#pragma once

#include <string>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// "C-1-42".
std::string id_of(const State& state, uint64_t number);
/// "C-1-4 is held (late evidence)".
std::string describe(const State& state, const Compensation& compensation);

model::Error not_found(const State& state, uint64_t number);
model::Error wrong_state(std::string message, std::string hint);

}  // namespace lupaus::rules::ledger
