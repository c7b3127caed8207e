// Writes the protobuf wire format. Fields come in ascending order; values equal to zero are left
// out. All inline: this is the hot path of every event.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/buffer.h"
#include "server/store/names.h"
#include "server/store/scalar.h"

namespace lupaus::server::store {

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

}  // namespace lupaus::server::store
