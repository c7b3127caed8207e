// Sanitizers slow a program ten- to twentyfold: under them exhaustive tests visit a part of their
// places. The plain build visits them all.
#pragma once

#include <cstddef>

namespace lupaus::tests::support {

#if defined(__has_feature)  // clang
inline constexpr bool kIsWatched =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsWatched = true;
#else
inline constexpr bool kIsWatched = false;
#endif
/// How many places, bytes or rounds go by for each one that is tried.
inline constexpr size_t kWatchedStep = kIsWatched ? 8 : 1;

}  // namespace lupaus::tests::support
