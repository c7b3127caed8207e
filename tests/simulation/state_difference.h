// Where two states that should be one differ, for people.
#pragma once

#include <string>

#include "rules/ledger/step.h"

namespace lupaus::tests::simulation {

/// The first few differences, or "".
std::string state_difference(const rules::ledger::State& live, const rules::ledger::State& other);

}  // namespace lupaus::tests::simulation
