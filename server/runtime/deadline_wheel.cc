// Lists are threaded through arrays indexed by slot; a bucket is a list's head. The coarse wheel's
// buckets are half as long as the fine wheel, and each is moved down whole when the cursor enters
// the half before it.
#include "server/runtime/deadline_wheel.h"

#include <algorithm>
#include <limits>

namespace lupaus::server::runtime {

using rules::model::from_unix_ms;
using rules::model::Instant;
using rules::model::TicketSlot;
using rules::model::to_unix_ms;

namespace {
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
}

DeadlineWheel::DeadlineWheel(Instant start)
    : cursor_(to_unix_ms(start)),
      half_(cursor_ >> kHalfBits),
      heads_(static_cast<size_t>(kFine + kCoarse), kNone),
      coarse_least_(static_cast<size_t>(kCoarse), kNever),
      fine_bits_(static_cast<size_t>(kFine)),
      coarse_bits_(static_cast<size_t>(kCoarse)) {}

bool DeadlineWheel::is_armed(TicketSlot slot) const {
  return slot < previous_.size() && previous_[slot] != kNone;
}

void DeadlineWheel::arm(TicketSlot slot, Instant at) {
  if (at == rules::model::kEndOfTime) return disarm(slot);
  if (slot >= at_.size()) {
    const size_t size = std::max<size_t>({64, size_t{slot} + 1, at_.size() + at_.size() / 8});
    at_.resize(size, 0);
    next_.resize(size, kNone);
    previous_.resize(size, kNone);
  }
  if (previous_[slot] != kNone) {
    if (at_[slot] == to_unix_ms(at)) return;
    unlink(slot);
  }
  place(slot, to_unix_ms(at));
}

void DeadlineWheel::disarm(TicketSlot slot) {
  if (is_armed(slot)) unlink(slot);
}

void DeadlineWheel::place(TicketSlot slot, int64_t at) {
  at_[slot] = at;
  const int64_t when = std::max(at, cursor_);
  const int64_t half = when >> kHalfBits;
  int64_t bucket = when & (kFine - 1);
  if (half <= half_ + 1) {
    fine_bits_.insert(static_cast<size_t>(bucket));
    ++fine_count_;
  } else {
    const int64_t index = std::min(half, half_ + kCoarseReach) & (kCoarse - 1);
    coarse_bits_.insert(static_cast<size_t>(index));
    int64_t& least = coarse_least_[static_cast<size_t>(index)];
    least = std::min(least, at);
    bucket = kFine + index;
    ++coarse_count_;
  }
  uint32_t& head = heads_[static_cast<size_t>(bucket)];
  next_[slot] = head;
  previous_[slot] = kFirst | static_cast<uint32_t>(bucket);
  if (head != kNone) previous_[head] = slot;
  head = slot;
}

void DeadlineWheel::unlink(TicketSlot slot) {
  const uint32_t before = previous_[slot];
  const uint32_t after = next_[slot];
  previous_[slot] = kNone;
  if (after != kNone) previous_[after] = before;
  // WHY: where an entry in the middle of a list lies, and so which count it is in, follows from its
  // instant alone: entries are never nearer than their half says, and halves are loaded as soon as
  // the cursor comes near.
  if (std::max(at_[slot], cursor_) >> kHalfBits <= half_ + 1) {
    --fine_count_;
  } else {
    --coarse_count_;
  }
  if ((before & kFirst) == 0) {
    next_[before] = after;
    return;
  }
  const uint32_t bucket = before & ~kFirst;
  heads_[bucket] = after;
  if (after != kNone) return;
  if (bucket < kFine) {
    fine_bits_.erase(bucket);
  } else {
    coarse_bits_.erase(bucket - kFine);
    coarse_least_[bucket - kFine] = kNever;
  }
}

int64_t DeadlineWheel::next_fine() const {
  if (fine_count_ == 0) return kNever;
  const auto start = static_cast<size_t>(cursor_ & (kFine - 1));
  auto found = fine_bits_.find_from(start);
  if (!found) found = fine_bits_.find_from(0);
  rules::model::ensure(found.has_value(), "the fine wheel counts an entry that no bucket holds");
  return cursor_ + ((static_cast<int64_t>(*found) - cursor_) & (kFine - 1));
}

int64_t DeadlineWheel::next_coarse_half() const {
  if (coarse_count_ == 0) return kNever;
  const int64_t first = half_ + 2;
  auto found = coarse_bits_.find_from(static_cast<size_t>(first & (kCoarse - 1)));
  if (!found) found = coarse_bits_.find_from(0);
  rules::model::ensure(found.has_value(), "the coarse wheel counts an entry that no bucket holds");
  return first + ((static_cast<int64_t>(*found) - first) & (kCoarse - 1));
}

void DeadlineWheel::load_half(int64_t half) {
  const auto index = static_cast<size_t>(half & (kCoarse - 1));
  uint32_t slot = heads_[static_cast<size_t>(kFine) + index];
  if (slot == kNone) return;
  heads_[static_cast<size_t>(kFine) + index] = kNone;
  coarse_bits_.erase(index);
  coarse_least_[index] = kNever;
  while (slot != kNone) {
    const uint32_t after = next_[slot];
    --coarse_count_;
    place(slot, at_[slot]);
    slot = after;
  }
}

void DeadlineWheel::enter_half(int64_t half) {
  half_ = half;
  load_half(half + 1);
}

void DeadlineWheel::pop_bucket(std::vector<Entry>& due) {
  const auto bucket = static_cast<size_t>(cursor_ & (kFine - 1));
  const size_t first = due.size();
  for (uint32_t slot = heads_[bucket]; slot != kNone; slot = next_[slot]) {
    due.push_back({from_unix_ms(at_[slot]), slot});
    previous_[slot] = kNone;
  }
  fine_count_ -= due.size() - first;
  heads_[bucket] = kNone;
  fine_bits_.erase(bucket);
}

void DeadlineWheel::pop_due(Instant now, size_t limit, std::vector<Entry>& due) {
  const int64_t until = to_unix_ms(now);
  const size_t first = due.size();
  bool is_cut = false;
  while (!is_cut) {
    if (const int64_t fine = next_fine(); fine != kNever) {
      if (fine > until) break;
      cursor_ = fine;
      if (cursor_ >> kHalfBits > half_) enter_half(cursor_ >> kHalfBits);
      pop_bucket(due);
      is_cut = due.size() - first >= limit;
      continue;
    }
    const int64_t half = next_coarse_half();
    if (half == kNever || (half << kHalfBits) > until) break;
    cursor_ = std::max(cursor_, (half - 1) << kHalfBits);
    half_ = half - 1;
    load_half(half);
  }
  std::sort(due.begin() + static_cast<std::ptrdiff_t>(first), due.end());
  if (is_cut || until <= cursor_) return;
  cursor_ = until;
  const int64_t target = until >> kHalfBits;
  while (half_ < target) enter_half(coarse_count_ == 0 ? target : half_ + 1);
}

Instant DeadlineWheel::next() const {
  if (const int64_t fine = next_fine(); fine != kNever) return from_unix_ms(fine);
  const int64_t half = next_coarse_half();
  if (half == kNever) return rules::model::kEndOfTime;
  const int64_t last = ((half + 1) << kHalfBits) - 1;
  return from_unix_ms(std::min(last, coarse_least_[static_cast<size_t>(half & (kCoarse - 1))]));
}

}  // namespace lupaus::server::runtime
