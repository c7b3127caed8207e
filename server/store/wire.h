// Writer and Reader of the protobuf wire format with one interface, so that one description of a
// value's fields serves both directions and they cannot disagree. Fields come in ascending order;
// values equal to zero are left out and read back as zero. Templates, all inline: this is the hot
// path of every event.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rules/model/instant.h"
#include "server/store/buffer.h"
#include "server/store/names.h"

namespace lupaus::server::store {

/// `T` is `Value` or `const Value`: what a description of Value takes.
template <typename T, typename Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

enum class WireType : uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

template <typename T>
inline constexpr bool kIsTime = false;
template <>
inline constexpr bool kIsTime<rules::model::Instant> = true;
template <>
inline constexpr bool kIsTime<rules::model::Duration> = true;

/// A scalar as the number that goes onto the wire, and back.
template <typename T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T> || kIsTime<T>;

template <Scalar T>
constexpr uint64_t to_wire(T value) {
  if constexpr (std::same_as<T, rules::model::Instant>) {
    return zigzag(value.time_since_epoch().count());
  } else if constexpr (std::same_as<T, rules::model::Duration>) {
    return zigzag(value.count());
  } else if constexpr (std::signed_integral<T>) {
    return zigzag(value);
  } else {
    return static_cast<uint64_t>(value);
  }
}
template <Scalar T>
constexpr T from_wire(uint64_t number) {
  if constexpr (kIsTime<T>) {
    return T(rules::model::Duration(unzigzag(number)));
  } else if constexpr (std::signed_integral<T>) {
    return static_cast<T>(unzigzag(number));
  } else {
    return static_cast<T>(number);
  }
}

/// Appends fields to a buffer. Descriptions call the same members on a Reader.
class Writer {
 public:
  static constexpr bool kReads = false;

  explicit Writer(Buffer& out, NameTable* names = nullptr) : out_(out), names_(names) {}

  template <typename T>
  void field(uint32_t number, const T& value) {
    if constexpr (Scalar<T>) {
      if (const uint64_t wire = to_wire(value); wire != 0) varint(number, wire);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      if (!std::string_view(value).empty()) text(number, value);
    } else {
      present(number, value);
    }
  }
  template <typename T>
  void field(uint32_t number, const std::optional<T>& value) {
    if (value) present(number, *value);
  }
  template <typename T>
  void field(uint32_t number, const std::vector<T>& values) {
    for (const auto& value : values) present(number, value);
  }
  template <typename T, typename Order>
  void field(uint32_t number, const std::map<std::string, T, Order>& values) {
    for (const auto& [name, value] : values) {
      message(number, [&] { field(1, name), field(2, value); });
    }
  }
  /// A text by its number in the row's table of names.
  void name(uint32_t number, std::string_view text) { field(number, names_->number(text)); }
  void fixed32(uint32_t number, uint32_t value) {
    char* at = key(number, WireType::fixed32, 4);
    std::memcpy(at, &value, 4);
    out_.advance(at + 4);
  }
  void packed_fixed32(uint32_t number, const std::vector<uint32_t>& values) {
    if (values.empty()) return;
    text(number, {reinterpret_cast<const char*>(values.data()), 4 * values.size()});
  }
  template <typename Describe>
  void message(uint32_t number, Describe&& describe_fields) {
    char* at = key(number, WireType::bytes, 1);
    out_.advance(at + 1);
    const size_t begin = out_.size();
    describe_fields();
    close(begin);
  }

  // For descriptions that differ by direction.
  void varint(uint32_t number, uint64_t value) {
    char* at = key(number, WireType::varint, 10);
    out_.advance(put(at, value));
  }
  void text(uint32_t number, std::string_view bytes) {
    char* at = key(number, WireType::bytes, 10 + bytes.size());
    at = put(at, bytes.size());
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    out_.advance(at + bytes.size());
  }
  NameTable& names() { return *names_; }

 private:
  template <typename T>
  void present(uint32_t number, const T& value) {
    if constexpr (Scalar<T>) {
      varint(number, to_wire(value));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      text(number, value);
    } else {
      message(number, [&] { describe(*this, value); });
    }
  }
  static char* put(char* at, uint64_t value) {
    while (value >= 0x80) {
      *at++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *at++ = static_cast<char>(value);
    return at;
  }
  char* key(uint32_t number, WireType type, size_t room) {
    return put(out_.room(room + 5), number << 3 | static_cast<uint32_t>(type));
  }
  /// Writes the length of what was written since `begin` before it; one byte was kept for it.
  void close(size_t begin) {
    const size_t size = out_.size() - begin;
    if (size < 0x80) {
      *out_.at(begin - 1) = static_cast<char>(size);
      return;
    }
    char length[10];
    const auto bytes = static_cast<size_t>(put(length, size) - length);
    out_.insert_gap(begin, bytes - 1);
    std::memcpy(out_.at(begin - 1), length, bytes);
  }

  Buffer& out_;
  NameTable* names_;
};

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
    values.clear();
    while (is_at(number)) read(values.emplace_back());
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
