// Reads the protobuf wire format as Writer writes it: absent fields are zero, unknown ones are
// skipped, and bytes that are no such thing are noticed, never trusted.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/scalar.h"

namespace lupaus::server::store {

/// Whether a description assigns all that there is of a value: then one of a list may be read in
/// the place, and the memory, of one that was there.
template <typename T>
inline constexpr bool kIsDescribedWhole = false;
template <>
inline constexpr bool kIsDescribedWhole<std::string> = true;
template <>
inline constexpr bool kIsDescribedWhole<std::pair<std::string, std::string>> = true;

/// Reads what a Writer wrote. Views that it hands out lie in the bytes. After an error everything
/// reads as zero and `has_failed` stays true.
class Reader {
 public:
  static constexpr bool kReads = true;

  explicit Reader(std::string_view bytes, std::span<const std::string_view> names = {})
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), names_(names) {
    next();
  }

  template <typename T>
  void field(uint32_t number, T& value) {
    if (is_at(number)) {
      read(value);
    } else if constexpr (Scalar<T>) {
      value = from_wire<T>(0);
    } else {
      value = T();
    }
  }
  template <typename T>
  void field(uint32_t number, std::optional<T>& value) {
    value.reset();
    if (is_at(number)) read(value.emplace());
  }
  template <typename T>
  void field(uint32_t number, std::vector<T>& values) {
    if constexpr (kIsDescribedWhole<T>) {
      size_t count = 0;
      for (; is_at(number); ++count)
        read(count < values.size() ? values[count] : values.emplace_back());
      values.resize(count);
    } else {
      values.clear();
      while (is_at(number)) read(values.emplace_back());
    }
  }
  template <typename T, typename Order>
  void field(uint32_t number, std::map<std::string, T, Order>& values) {
    values.clear();
    while (is_at(number)) {
      std::string name;
      T value{};
      message(number, [&] { field(1, name), field(2, value); });
      values.insert_or_assign(std::move(name), std::move(value));
    }
  }
  template <typename Text>
  void name(uint32_t number, Text& text) {
    text = is_at(number) ? read_name() : std::string_view();
  }
  void fixed32(uint32_t number, uint32_t& value) {
    value = 0;
    if (!is_at(number) || type_ != WireType::fixed32) return fail();
    std::memcpy(&value, value_.data(), 4);
    next();
  }
  void packed_fixed32(uint32_t number, std::vector<uint32_t>& values) {
    values.clear();
    if (!is_at(number)) return;
    const std::string_view bytes = read_text();
    if (bytes.size() % 4 != 0) return fail();
    values.resize(bytes.size() / 4);
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  /// Does nothing when the field is absent.
  template <typename Describe>
  void message(uint32_t number, Describe&& describe_fields) {
    if (!is_at(number)) return;
    if (type_ != WireType::bytes) return fail();
    const char* const outer_end = end_;
    const char* const after = at_;
    at_ = value_.data();
    end_ = at_ + value_.size();
    next();
    describe_fields();
    if (has_failed_) return;
    at_ = after;
    end_ = outer_end;
    next();
  }

  // For descriptions that differ by direction.
  /// Skips fields below `number`; whether the next one is it.
  bool is_at(uint32_t number) {
    while (number_ < number) next();
    return number_ == number;
  }
  uint64_t read_varint() {
    if (type_ != WireType::varint) fail();
    const uint64_t value = varint_;
    next();
    return has_failed_ ? 0 : value;
  }
  std::string_view read_text() {
    if (type_ != WireType::bytes) fail();
    const std::string_view value = value_;
    next();
    return has_failed_ ? std::string_view() : value;
  }
  std::string_view read_name() {
    const uint64_t name = read_varint();
    if (name > names_.size()) fail();
    return name == 0 || has_failed_ ? std::string_view() : names_[name - 1];
  }
  void set_names(std::span<const std::string_view> names) { names_ = names; }
  void fail() {
    has_failed_ = true;
    at_ = end_;
    number_ = kEnd;
  }
  bool has_failed() const { return has_failed_; }

 private:
  static constexpr uint32_t kEnd = std::numeric_limits<uint32_t>::max();

  template <typename T>
  void read(T& value) {
    if constexpr (Scalar<T>) {
      value = from_wire<T>(read_varint());
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
      value = read_text();
    } else {
      message(number_, [&] { describe(*this, value); });
    }
  }
  bool take(uint64_t& value) {
    value = 0;
    for (uint32_t shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  void take_bytes(uint64_t count) {
    if (count > static_cast<uint64_t>(end_ - at_)) return fail();
    value_ = {at_, static_cast<size_t>(count)};
    at_ += count;
  }
  /// Takes the next field's number and value.
  void next() {
    uint64_t key = 0;
    if (at_ == end_) {
      number_ = kEnd;
      return;
    }
    if (!take(key) || key >> 3 == 0 || key >> 3 >= kEnd) return fail();
    number_ = static_cast<uint32_t>(key >> 3);
    type_ = static_cast<WireType>(key & 7);
    uint64_t size = 0;
    switch (type_) {
      case WireType::varint:
        if (!take(varint_)) fail();
        return;
      case WireType::bytes:
        return take(size) ? take_bytes(size) : fail();
      case WireType::fixed32:
        return take_bytes(4);
      case WireType::fixed64:
        return take_bytes(8);
    }
    fail();
  }

  const char* at_;
  const char* end_;
  std::span<const std::string_view> names_;
  uint32_t number_ = 0;
  WireType type_ = WireType::varint;
  uint64_t varint_ = 0;
  std::string_view value_;
  bool has_failed_ = false;
};

}  // namespace lupaus::server::store
