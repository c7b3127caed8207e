// What the doctor looks at, gathered from the parts of one server.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "rules/model/result.h"
#include "server/api/diagnosis.h"
#include "server/config/config.h"

namespace lupaus::server::compensate {
class Outbox;
}
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server {

/// Size of the files below `data_dir`; 0 when there are none.
uint64_t bytes_on_disk(const std::string& data_dir);

/// All of it outlives whoever asks.
struct VitalParts {
  const config::Config& config;
  runtime::EngineLoop& loop;
  const compensate::Outbox& outbox;
  const std::atomic<rules::model::Instant>& last_backup;  ///< 1970: none yet
  rules::model::Instant started_at{};
  uint64_t bytes_at_start = 0;
};

/// Walks all tickets in chunks; not on a thread of the loop.
rules::model::Result<api::Vitals> take_vitals(const VitalParts& parts);

/// Logs that the machine's clock was set (by so much), or agrees again (zero).
void tell_clock_jump(rules::model::Duration jump);

}  // namespace lupaus::server
