// What a random test is told by its environment: LUPAUS_SEED repeats a run, LUPAUS_ROUNDS makes it
// longer or shorter.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace lupaus::tests {

/// The number that the variable holds, or `usual` where there is none.
inline uint64_t setting(const char* name, uint64_t usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

}  // namespace lupaus::tests
