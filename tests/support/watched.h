// Sanitizers slow a program ten- to twentyfold: under them exhaustive tests visit a part of their
// places. The plain build visits them all.
#pragma once

#include <cstddef>

namespace lupaus::tests::support {

/// How many places, bytes or rounds go by for each one that is tried.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr size_t kWatchedStep = 8;
#else
inline constexpr size_t kWatchedStep = 1;
#endif

}  // namespace lupaus::tests::support
