// Four levels of words: 64^4 members, each level a summary of the one below.
#include "server/runtime/bucket_bits.h"

#include "rules/model/result.h"

namespace lupaus::server::runtime {

BucketBits::BucketBits(size_t size) {
  rules::model::ensure(size <= (size_t{1} << 24), "a bucket set holds at most 2^24 members");
  for (auto& level : words_) {
    size = (size + 63) / 64;
    level.assign(size, 0);
  }
}

void BucketBits::insert(size_t member) {
  for (auto& level : words_) {
    uint64_t& word = level[member / 64];
    const bool was_empty = word == 0;
    word |= uint64_t{1} << (member % 64);
    if (!was_empty) return;
    member /= 64;
  }
}

void BucketBits::erase(size_t member) {
  for (auto& level : words_) {
    uint64_t& word = level[member / 64];
    word &= ~(uint64_t{1} << (member % 64));
    if (word != 0) return;
    member /= 64;
  }
}

std::optional<size_t> BucketBits::find_from(size_t from) const {
  int level = 0;
  while (level < kLevels) {
    const auto& words = words_[level];
    if (from / 64 >= words.size()) return std::nullopt;
    const uint64_t rest = words[from / 64] & (~uint64_t{0} << (from % 64));
    if (rest != 0) {
      size_t member = from / 64 * 64 + static_cast<size_t>(std::countr_zero(rest));
      for (; level > 0; --level) {
        member = member * 64 + static_cast<size_t>(std::countr_zero(words_[level - 1][member]));
      }
      return member;
    }
    from = from / 64 + 1;
    ++level;
  }
  return std::nullopt;
}

}  // namespace lupaus::server::runtime
