// Asking memory for what will be read soon, so that many waits pass together.
#pragma once

namespace lupaus::rules::model {

/// Has what lies at `place` on its way from memory; any address will do.
inline void fetch_ahead(const void* place) {
  __builtin_prefetch(place);
  // WHY: to GCC 12 a function that only prefetches has no effect, and calls of it are left out.
  asm volatile("" : : "r"(place));
}

}  // namespace lupaus::rules::model
