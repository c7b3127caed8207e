// Sums in millionths of a minor unit: a share in parts per million stays exact until the one
// rounding at the end. Every operation is checked; what does not fit in 128 bits is nullopt.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "rules/model/money.h"

namespace lupaus::rules::ledger {

using Millionths = __int128;
inline constexpr int64_t kMillionthsAMinor = 1'000'000;

inline std::optional<Millionths> product(Millionths left, Millionths right) {
  Millionths result = 0;
  if (__builtin_mul_overflow(left, right, &result)) return std::nullopt;
  return result;
}

inline std::optional<Millionths> sum(Millionths left, Millionths right) {
  Millionths result = 0;
  if (__builtin_add_overflow(left, right, &result)) return std::nullopt;
  return result;
}

struct Parted {
  Millionths minor = 0;  ///< whole minor units
  int64_t rest = 0;      ///< millionths of one
};

inline Parted parted(Millionths value) {
  // WHY: nearly all sums fit in 64 bits, and a division of 128 takes many times as long.
  if (const auto small = static_cast<int64_t>(value); small == value)
    return {small / kMillionthsAMinor, small % kMillionthsAMinor};
  return {value / kMillionthsAMinor, static_cast<int64_t>(value % kMillionthsAMinor)};
}

/// Of a sum that is not negative, half up to the minor unit; nullopt beyond 64 bits.
inline std::optional<int64_t> round_half_up(Millionths value) {
  auto [minor, rest] = parted(value);
  if (rest >= kMillionthsAMinor / 2) ++minor;
  if (minor > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return static_cast<int64_t>(minor);
}

/// "EUR 3.75", "EUR 3.7525": with the decimals below the minor unit that it has.
void put_exact(model::Currency currency, Millionths value, model::TextWriter& text);

}  // namespace lupaus::rules::ledger
