// Tells the people who run the server that the breaker keeps payouts back (R97).
#pragma once

#include <map>
#include <string>

#include "server/runtime/engine_loop.h"
#include "server/telemetry/metrics.h"

namespace lupaus::server {

class BreakerAlarm {
 public:
  explicit BreakerAlarm(telemetry::Registry& metrics);
  /// Counts what is held, and warns of it once for a branch and hour. On the writer's thread.
  void follow(const runtime::Committed& committed);

 private:
  telemetry::Counter& held_;
  std::map<std::string, rules::model::Instant, std::less<>> warned_;  ///< branch -> for which hour
};

}  // namespace lupaus::server
