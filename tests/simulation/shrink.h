// A failing trial made small: fewer kinds of faults, fewer days, fewer branches, as long as it
// still fails.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace lupaus::tests::simulation {

/// `left_out` gets the kinds of faults that do not matter.
Trial shrink(Trial trial, const std::function<bool(const Trial&)>& fails,
             std::vector<std::string>& left_out);

}  // namespace lupaus::tests::simulation
