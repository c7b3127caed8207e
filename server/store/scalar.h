// Numbers, enumerators and times as the varints of the protobuf wire format, and back.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "rules/model/instant.h"

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

}  // namespace lupaus::server::store
