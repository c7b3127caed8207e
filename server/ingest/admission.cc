#include "server/ingest/admission.h"

#include <algorithm>

namespace lupaus::server::ingest {
namespace {

using rules::model::Instant;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A source that holds a place and says nothing for so long is slow or dead.
constexpr seconds kStalledAfter{10};
/// For one who is refused alone.
constexpr milliseconds kRetryMin{500};
constexpr milliseconds kRetryMax{15'000};

}  // namespace

std::optional<milliseconds> Admission::enter(uint64_t stream, Instant now) {
  const std::scoped_lock lock(mutex_);
  if (streams_ >= streams_max_) return refuse(now);
  if (places_.size() >= catching_up_max_) {
    const bool is_stalled = !places_.empty() && now - places_.front().moved_at >= kStalledAfter;
    if (!is_stalled) return refuse(now);
    give_up_place(places_.front().stream);
  }
  ++streams_;
  place_of_[stream] = places_.insert(places_.end(), {stream, now});
  return std::nullopt;
}

/// Those who are refused in one second come back spread over as long as their number needs, if the
/// places change hands once in kRetryMin.
milliseconds Admission::refuse(Instant now) {
  if (now - refusing_since_ >= seconds(1) || now < refusing_since_) {
    refusing_since_ = now;
    refused_ = 0;
  }
  const uint64_t rounds = 1 + refused_++ / std::max<uint64_t>(catching_up_max_, 1);
  return std::min(kRetryMin * static_cast<int64_t>(std::min<uint64_t>(rounds, 1'000)), kRetryMax);
}

void Admission::moved(uint64_t stream, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto place = place_of_.find(stream);
  if (place == place_of_.end()) return;
  place->second->moved_at = now;
  places_.splice(places_.end(), places_, place->second);
}

void Admission::caught_up(uint64_t stream) {
  const std::scoped_lock lock(mutex_);
  give_up_place(stream);
}

void Admission::leave(uint64_t stream) {
  const std::scoped_lock lock(mutex_);
  give_up_place(stream);
  --streams_;
}

void Admission::give_up_place(uint64_t stream) {
  const auto place = place_of_.find(stream);
  if (place == place_of_.end()) return;
  places_.erase(place->second);
  place_of_.erase(place);
}

uint64_t Admission::catching_up_count() const {
  const std::scoped_lock lock(mutex_);
  return places_.size();
}

}  // namespace lupaus::server::ingest
