// A text put together from small pieces. What is told of every debt is made of them: a formatting
// library reads its pattern anew each time, and a string that grows asks for memory on its way.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::rules::model {

/// Use: on the stack, for one text. Asks for memory only beyond kInline bytes.
class TextWriter {
 public:
  /// The words on a debt of a few tiers; longer ones cost an allocation.
  static constexpr size_t kInline = 512;

  // WHY: defaulted it would zero what is written over.
  TextWriter() noexcept {}  // NOLINT
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  // WHY inline: most pieces are known words, which become a store or two.
  [[gnu::always_inline]] void put(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  void put(char letter) { *room(1) = letter, ++at_; }

  void put_decimal(uint64_t value) {
    char* const to = room(kDigits);
    at_ = std::to_chars(to, to + kDigits, value).ptr;
  }
  /// With zeros in front up to `width` digits.
  void put_padded(uint64_t value, size_t width) {
    char* const to = room(width);
    uint64_t rest = value;
    for (size_t i = width; i > 0; rest /= 10) to[--i] = static_cast<char>('0' + rest % 10);
    if (rest != 0) return put_decimal(value);
    at_ = to + width;
  }
  /// The digits behind a point, `width` of them, without the zeros at their end.
  void put_fraction(uint64_t value, size_t width) {
    put_padded(value, width);
    while (at_ != begin_ && at_[-1] == '0') --at_;
  }
  /// "promises.yaml:31:5".
  void put_place(const Span& span) {
    put(span.file);
    put(':');
    put_decimal(span.line);
    put(':');
    put_decimal(span.column);
  }

  std::string_view view() const { return {begin_, static_cast<size_t>(at_ - begin_)}; }
  std::string text() const { return std::string(view()); }

 private:
  static constexpr size_t kDigits = 20;  ///< of the largest number

  /// Where the next `size` bytes go.
  char* room(size_t size) {
    if (size > static_cast<size_t>(end_ - at_)) grow(size);
    return at_;
  }
  void grow(size_t size) {
    const auto used = static_cast<size_t>(at_ - begin_);
    const size_t capacity = 2 * (used + size);
    std::unique_ptr<char[]> larger(new char[capacity]);
    std::memcpy(larger.get(), begin_, used);
    begin_ = larger.get();
    at_ = begin_ + used;
    end_ = begin_ + capacity;
    spilled_ = std::move(larger);
  }

  std::unique_ptr<char[]> spilled_;
  char inline_[kInline];
  char* begin_ = inline_;
  char* at_ = inline_;
  char* end_ = inline_ + kInline;
};

}  // namespace lupaus::rules::model
