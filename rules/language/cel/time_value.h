// Timestamps and durations of CEL: their texts, their arithmetic and their fields. Nanoseconds;
// timestamps of the years 1 to 9999, durations of 64 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/language/cel/value.h"
#include "rules/model/book.h"

namespace lupaus::rules::language::cel {

/// nullopt outside the years 1 to 9999. `nanoseconds` may be any number.
std::optional<Value> make_timestamp(int64_t unix_seconds, int64_t nanoseconds);
/// nullopt where the milliseconds do not fit.
std::optional<Value> timestamp_of_ms(int64_t unix_ms);
std::optional<Value> duration_of_ms(int64_t ms);

/// RFC 3339 with up to nine decimals of a second; nullopt when it is not that.
std::optional<Value> parse_timestamp(std::string_view text);
/// "2009-02-13T23:31:30.5Z": as many decimals as are needed.
std::string format_timestamp(const Value& timestamp);

/// "1h30m", "1.5s", "-2ms", "7us", "999ns", "0", and "PT15M"; nullopt when it is not that.
std::optional<Value> parse_duration(std::string_view text);
/// "1000000s", "-1.5s": seconds, as many decimals as are needed.
std::string format_duration(const Value& duration);

/// The sum or difference of timestamps and durations, an error at `at` where the types do not fit
/// or the range is left.
Value add_times(const Value& left, const Value& right, uint32_t at);
Value subtract_times(const Value& left, const Value& right, uint32_t at);

enum class TimeField : uint8_t {
  date,
  day_of_month,
  day_of_week,
  day_of_year,
  full_year,
  hours,
  milliseconds,
  minutes,
  month,
  seconds
};
/// The field of a timestamp that clocks show in the zone, numbered as CEL does.
int64_t timestamp_field(TimeField field, const Value& timestamp, const model::ZoneTable& zone);
/// The whole duration in that unit, truncated; milliseconds are those below a second. nullopt for
/// fields of dates.
std::optional<int64_t> duration_field(TimeField field, const Value& duration);

/// "+02:00", "-02:30", "02:00" and "UTC" as a zone of that one offset; nullopt when it is no
/// offset.
std::optional<model::ZoneTable> fixed_zone(std::string_view text);

}  // namespace lupaus::rules::language::cel
