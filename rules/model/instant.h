// Instants and lengths of time: integer milliseconds UTC, never a float, and never read from a
// clock here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::rules::model {

class TextWriter;

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr Instant kBeginningOfTime = Instant::min();
inline constexpr Instant kEndOfTime = Instant::max();

constexpr int64_t to_unix_ms(Instant instant) { return instant.time_since_epoch().count(); }
constexpr Instant from_unix_ms(int64_t ms) { return Instant(Duration(ms)); }

/// Reads RFC 3339 ("2026-01-05T09:00:00.000+02:00", "…Z"). Digits below a millisecond are cut off,
/// never rounded; a second of 60, a missing offset and dates that do not exist are errors (R9).
Result<Instant> parse_instant(std::string_view text);

/// "2026-01-05T07:00:00.000Z": always three digits and Z (R61).
std::string format_instant(Instant instant);

/// Reads "90s", "15m", "1h30m", "15m0.001s" (at most three decimals, in seconds only), "0s", or ISO
/// 8601
/// ("PT15M"). "1d", a bare number and a negative length are errors (R80).
Result<Duration> parse_duration(std::string_view text);

/// The shortest decimal in seconds: "900s", "930.5s", "0s" (R61).
std::string format_seconds(Duration duration);

/// The form that people write: "15m", "1h30m", "15m0.001s".
std::string format_duration(Duration duration);
void put_duration(Duration duration, TextWriter& text);

}  // namespace lupaus::rules::model
