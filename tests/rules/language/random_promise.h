// Random promise files that compile: every clause comes and goes, in every form that it may have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lupaus::tests {

/// One promise, named `p-SEED`, as one document. The same seed gives the same text.
std::string random_promise(uint64_t seed);

/// The calendar, branch and vocabulary that random promises need, as documents to follow them.
std::string_view random_surroundings();

}  // namespace lupaus::tests
