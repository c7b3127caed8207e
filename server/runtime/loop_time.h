// The time of an engine loop: wall time, as long as that goes on as fast as time does. When
// somebody sets the machine's clock, the loop's time goes on from where it was.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/model/instant.h"

namespace lupaus::server::runtime {

/// A plain value; whoever owns it calls it from one thread at a time.
class LoopTime {
 public:
  /// Differences that are no jump: what a clock is slewed between two readings.
  static constexpr rules::model::Duration kJumpMin = std::chrono::seconds(2);

  /// The loop's time by two readings taken together: wall time, and time since some start that
  /// nobody sets. The first one is believed.
  rules::model::Instant read(rules::model::Instant wall, rules::model::Duration steady);

  /// How far wall time is from the loop's, by the last reading; zero: they agree.
  rules::model::Duration jump() const { return jump_; }
  bool is_doubtful() const { return jump_ != rules::model::Duration::zero(); }
  /// How many jumps there were.
  uint64_t jump_count() const { return jump_count_; }

 private:
  struct Agreement {
    rules::model::Instant wall{};
    rules::model::Duration steady{};
  };
  std::optional<Agreement> agreed_;
  rules::model::Duration jump_{};
  uint64_t jump_count_ = 0;
};

}  // namespace lupaus::server::runtime
