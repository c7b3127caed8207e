// Who may stream: a bound on open streams, and on those that say hello or still send what gathered
// while they were away. The rest are told when to come back, so that a branch network that
// reconnects at once takes turns instead of filling the memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "rules/model/instant.h"

namespace lupaus::server::ingest {

/// Shared by all streams of a service; any thread. A stream is a number that its caller chooses.
class Admission {
 public:
  Admission(uint32_t streams_max, uint32_t catching_up_max)
      : streams_max_(streams_max), catching_up_max_(catching_up_max) {}

  /// Lets a stream in, as one that catches up; or says after how long it should come back: longer,
  /// the more are refused.
  std::optional<std::chrono::milliseconds> enter(uint64_t stream, rules::model::Instant now);
  /// A stream that catches up and has not moved for ten seconds may lose its place to another; it
  /// is not ended.
  void moved(uint64_t stream, rules::model::Instant now);
  void caught_up(uint64_t stream);
  void leave(uint64_t stream);

  uint64_t catching_up_count() const;

 private:
  struct Place {
    uint64_t stream = 0;
    rules::model::Instant moved_at{};
  };
  std::chrono::milliseconds refuse(rules::model::Instant now);
  void give_up_place(uint64_t stream);

  const uint32_t streams_max_;
  const uint32_t catching_up_max_;
  mutable std::mutex mutex_;
  uint64_t streams_ = 0;
  std::list<Place> places_;  ///< who moved longest ago comes first
  std::unordered_map<uint64_t, std::list<Place>::iterator> place_of_;
  rules::model::Instant refusing_since_{};  ///< the second in which refusals are counted
  uint64_t refused_ = 0;                    ///< in it
};

}  // namespace lupaus::server::ingest
