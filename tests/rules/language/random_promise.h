// Random promise files that compile: every clause comes and goes, in every form that it may have.
#pragma once

#include <cstdint>
#include <string>

namespace lupaus::tests {

/// One promise with its calendar, branch and vocabulary, as one file. The same seed gives the same
/// text.
std::string random_book(uint64_t seed);

}  // namespace lupaus::tests
