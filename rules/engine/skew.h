// How far a source's clock is off, from when it says it sent something and when that came. The
// network only ever delays: the smallest of recent samples is nearest to the truth, so one slow
// sample moves nothing. A plain value beside the state, not of it: what it says becomes a fact by
// `EstimateSkew`.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "rules/model/instant.h"

namespace lupaus::rules::engine {

/// Within it a skew is ignored.
inline constexpr model::Duration kSkewTolerance = std::chrono::seconds(1);

/// What is added to a time that a source with this recorded skew states.
constexpr model::Duration correction_by(model::Duration skew) {
  return skew > kSkewTolerance || skew < -kSkewTolerance ? skew : model::Duration::zero();
}

class SkewEstimator {
 public:
  /// Takes a sample. Gives the new estimate when it must be recorded: it is at least 250 ms from
  /// `recorded`, and one of the two is beyond the tolerance.
  std::optional<model::Duration> take(model::Instant sent_at, model::Instant received_at,
                                      model::Duration recorded);
  /// The smallest of the recent samples; nullopt before the first.
  std::optional<model::Duration> least() const;

 private:
  struct Sample {
    model::Instant received_at{};
    model::Duration behind{};
  };
  std::array<Sample, 16> samples_{};
  size_t count_ = 0;  ///< valid ones, oldest first
};

}  // namespace lupaus::rules::engine
