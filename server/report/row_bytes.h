// The bytes of the rollups' rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "rules/model/money.h"

namespace lupaus::server::report {

__extension__ using WideNumber = unsigned __int128;

/// Numbers of as many bytes as they need, and length-prefixed texts.
class RowWriter {
 public:
  explicit RowWriter(std::string start = {}) : bytes_(std::move(start)) {}
  RowWriter& number(uint64_t value) { return digits(value); }
  /// Small where it is near zero on either side.
  RowWriter& change(int64_t value) {
    return number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  /// The bytes of `change` while it fits there.
  RowWriter& sum(const rules::model::MinorSum& sum) {
    const auto value = sum.value();
    return digits(static_cast<WideNumber>(value) << 1 ^ static_cast<WideNumber>(value >> 127));
  }
  RowWriter& text(std::string_view value) {
    number(value.size());
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <typename Number>
  RowWriter& digits(Number value) {
    for (; value >= 0x80; value >>= 7)
      bytes_ += static_cast<char>(static_cast<unsigned char>(value) | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }

  std::string bytes_;
};

/// Reads what RowWriter wrote; `is_good` turns false, and stays so, at the first thing that is not
/// there.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t number() { return digits<uint64_t>(); }
  int64_t change() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  rules::model::MinorSum sum() {
    const auto value = digits<WideNumber>();
    return rules::model::MinorSum::of(
        static_cast<rules::model::MinorSum::Wide>(value >> 1 ^ (~(value & 1) + 1)));
  }
  std::string_view text() {
    const uint64_t size = number();
    if (size > bytes_.size()) is_good_ = false;
    if (!is_good_) return {};
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && bytes_.empty(); }

 private:
  template <typename Number>
  Number digits() {
    Number value = 0;
    for (size_t shift = 0; shift < sizeof(Number) * 8; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<Number>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    is_good_ = false;
    return 0;
  }

  std::string_view bytes_;
  bool is_good_ = true;
};

}  // namespace lupaus::server::report
