// An estimate falls at once, since nothing arrives before it was sent; it rises when several
// samples agree that came one after the other: one alone, or all at once after a break, may have
// been under way for long.
#include "rules/engine/skew.h"

#include <algorithm>

namespace lupaus::rules::engine {

using model::Duration;
using model::Instant;

namespace {

/// Older samples say nothing of a clock that may have been set since.
constexpr Duration kWindow = std::chrono::seconds(60);
/// Differences below it change no verdict that people could tell apart, and would fill the journal.
constexpr Duration kStep = std::chrono::milliseconds(250);
/// So many samples are not all slow by chance.
constexpr size_t kEnough = 5;
/// What was held up together comes together: samples say something when they came over such a time.
constexpr Duration kSpread = std::chrono::seconds(4);

bool is_beyond_tolerance(Duration skew) { return correction_by(skew) != Duration::zero(); }

}  // namespace

std::optional<Duration> SkewEstimator::least() const {
  if (count_ == 0) return std::nullopt;
  Duration least = samples_.front().behind;
  for (size_t i = 1; i < count_; ++i) least = std::min(least, samples_[i].behind);
  return least;
}

std::optional<Duration> SkewEstimator::take(Instant sent_at, Instant received_at,
                                            Duration recorded) {
  const auto end = samples_.begin() + static_cast<std::ptrdiff_t>(count_);
  auto fresh = std::find_if(samples_.begin(), end, [&](const Sample& sample) {
    return sample.received_at + kWindow >= received_at;
  });
  if (fresh == samples_.begin() && count_ == samples_.size()) ++fresh;
  count_ = static_cast<size_t>(std::move(fresh, end, samples_.begin()) - samples_.begin());
  samples_[count_++] = {received_at, received_at - sent_at};

  const Duration estimate = *least();
  const Duration moved = estimate - recorded;
  if (moved > -kStep && moved < kStep) return std::nullopt;
  if (!is_beyond_tolerance(estimate) && !is_beyond_tolerance(recorded)) return std::nullopt;
  const bool is_enough = count_ >= kEnough && received_at - samples_.front().received_at >= kSpread;
  const bool is_believed = moved < Duration::zero() || is_enough;
  return is_believed ? std::optional(estimate) : std::nullopt;
}

}  // namespace lupaus::rules::engine
