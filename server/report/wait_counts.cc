#include "server/report/wait_counts.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace lupaus::server::report {
namespace {

/// Above it a search costs more than the empty places in between.
constexpr size_t kSparseMax = 96;
/// Of an octave, as a power of two.
constexpr int kBits = 6;
constexpr int64_t kBuckets = int64_t{1} << kBits;

}  // namespace

uint16_t WaitCounts::bucket_of(int64_t ms) {
  const auto value = static_cast<uint64_t>(std::max<int64_t>(ms, 0));
  const int shift = std::max(static_cast<int>(std::bit_width(value)) - (kBits + 1), 0);
  return static_cast<uint16_t>(shift * kBuckets + static_cast<int64_t>(value >> shift));
}

int64_t WaitCounts::bucket_begin(uint16_t bucket) {
  if (bucket < 2 * kBuckets) return bucket;
  const int64_t shift = bucket / kBuckets - 1;
  return (bucket - shift * kBuckets) << shift;
}

int64_t WaitCounts::bucket_end(uint16_t bucket) {
  // The next one of the last would begin beyond all numbers.
  constexpr int64_t kLongest = std::numeric_limits<int64_t>::max();
  if (bucket >= bucket_of(kLongest)) return kLongest;
  return bucket_begin(static_cast<uint16_t>(bucket + 1));
}

int64_t WaitCounts::bucket_middle(uint16_t bucket) {
  return bucket_begin(bucket) + (bucket_end(bucket) - bucket_begin(bucket)) / 2;
}

void WaitCounts::make_dense() {
  first_ = sparse_.front().bucket;
  dense_.resize(size_t{sparse_.back().bucket} - first_ + 1);
  for (const Slot& slot : sparse_) dense_[slot.bucket - first_] = slot.times;
  sparse_ = {};
}

int32_t& WaitCounts::slot(uint16_t bucket) {
  if (dense_.empty() && sparse_.size() >= kSparseMax) make_dense();
  if (dense_.empty()) {
    auto at =
        std::lower_bound(sparse_.begin(), sparse_.end(), bucket,
                         [](const Slot& one, uint16_t wanted) { return one.bucket < wanted; });
    if (at == sparse_.end() || at->bucket != bucket) at = sparse_.insert(at, {bucket, 0});
    return at->times;
  }
  if (bucket < first_) {
    dense_.insert(dense_.begin(), static_cast<size_t>(first_ - bucket), 0);
    first_ = bucket;
  }
  const auto place = static_cast<size_t>(bucket - first_);
  if (place >= dense_.size()) dense_.resize(place + 1);
  return dense_[place];
}

void WaitCounts::add_bucket(uint16_t bucket, int64_t times) {
  int32_t& found = slot(bucket);
  found += static_cast<int32_t>(times);
  count_ += times;
  if (found != 0 || !dense_.empty()) return;
  std::erase_if(sparse_, [](const Slot& one) { return one.times == 0; });
}

void WaitCounts::add(int64_t ms, int64_t times) {
  const int64_t length = std::max<int64_t>(ms, 0);
  add_bucket(bucket_of(length), times);
  add_total(length * times);
}

void WaitCounts::add(const WaitCounts& other, int sign) {
  for (const Slot& one : other.sparse_) add_bucket(one.bucket, sign * one.times);
  for (size_t i = 0; i < other.dense_.size(); ++i) {
    if (other.dense_[i] != 0)
      add_bucket(static_cast<uint16_t>(other.first_ + i), sign * other.dense_[i]);
  }
  add_total(sign * other.total_ms_);
}

void WaitCounts::visit(const std::function<void(uint16_t, int64_t)>& visit) const {
  for (const Slot& one : sparse_) visit(one.bucket, one.times);
  for (size_t i = 0; i < dense_.size(); ++i) {
    if (dense_[i] != 0) visit(static_cast<uint16_t>(first_ + i), dense_[i]);
  }
}

int64_t WaitCounts::percentile(int percent) const {
  if (count_ <= 0) return 0;
  const int64_t rank = std::max<int64_t>((count_ * percent + 99) / 100, 1);
  int64_t passed = 0, found = -1;
  visit([&](uint16_t bucket, int64_t times) {
    passed += times;
    if (found < 0 && passed >= rank) found = bucket_middle(bucket);
  });
  return std::max<int64_t>(found, 0);
}

int64_t WaitCounts::max_ms() const { return percentile(100); }

bool WaitCounts::operator==(const WaitCounts& other) const {
  if (count_ != other.count_ || total_ms_ != other.total_ms_) return false;
  std::vector<std::pair<uint16_t, int64_t>> left, right;
  visit([&](uint16_t bucket, int64_t times) { left.emplace_back(bucket, times); });
  other.visit([&](uint16_t bucket, int64_t times) { right.emplace_back(bucket, times); });
  return left == right;
}

}  // namespace lupaus::server::report
