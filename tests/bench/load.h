// Drives StreamEvents with ready messages: as fast as acknowledgements allow, at a pace, or one at
// a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/traffic.h"

namespace lupaus::tests::bench {

struct LoadResult {
  uint64_t events = 0;
  uint64_t rejected = 0;
  double seconds = 0;  ///< first write to last acknowledgement; messages were made before
  std::string error;   ///< of a stream that ended early; "" when all went well
};

/// All streams at once, each with a window of 16 messages. `events_per_second` 0: as fast as it
/// goes.
LoadResult run_load(const std::string& address, const TrafficPlan& plan,
                    double events_per_second = 0);

struct LatencyResult {
  std::vector<double> milliseconds;  ///< ascending
  std::string error;
};

/// One stream, one message under way: `plan.messages_a_stream` round trips.
LatencyResult run_latency(const std::string& address, const TrafficPlan& plan);

}  // namespace lupaus::tests::bench
