#include "rules/language/cel/time_value.h"

#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "rules/calendar/zone.h"
#include "rules/model/digits.h"
#include "rules/model/instant.h"

namespace lupaus::rules::language::cel {
namespace {

using model::count_digits;
using model::read_digits;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int64_t kNano = 1'000'000'000;
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

int64_t floor_divide(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

/// Takes `count` digits off the front.
std::optional<int64_t> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  const auto number = read_digits(text.substr(0, count));
  if (number) text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// The digits of a fraction as billionths; what follows the ninth is cut off.
int64_t read_billionths(std::string_view digits) {
  int64_t value = 0;
  for (size_t i = 0; i < 9; ++i) value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return value;
}

/// ".5" for 500,000,000, "" for 0.
std::string format_billionths(int64_t nanoseconds) {
  if (nanoseconds == 0) return "";
  std::string text = fmt::format(".{:09}", nanoseconds);
  text.resize(text.find_last_not_of('0') + 1);
  return text;
}

/// "HH:MM" off the front, in seconds; hours up to `hours_max`.
std::optional<int64_t> take_hours_minutes(std::string_view& text, int64_t hours_max) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > hours_max || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return *hours * 3600 + *minutes * 60;
}

/// "Z" or "+02:00", the whole of the text, in seconds.
std::optional<int64_t> read_offset(std::string_view text) {
  if (text == "Z") return 0;
  const bool is_negative = !text.empty() && text[0] == '-';
  if (!take(text, '-') && !take(text, '+')) return std::nullopt;
  const auto size = take_hours_minutes(text, 23);
  if (!size || !text.empty()) return std::nullopt;
  return is_negative ? -*size : *size;
}

/// "YYYY-MM-DD" off the front, in days since 1970.
std::optional<int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const year_month_day date(std::chrono::year(static_cast<int>(*year)),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return sys_days(date).time_since_epoch().count();
}

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};
// Longer names first where one begins another.
constexpr Unit kUnits[] = {{"ms", 1'000'000},  {"us", 1'000}, {"\u00b5s", 1'000},
                           {"\u03bcs", 1'000}, {"ns", 1},     {"h", 3'600 * kNano},
                           {"m", 60 * kNano},  {"s", kNano}};

/// One "1.5h" off the front, in nanoseconds.
std::optional<int64_t> take_part(std::string_view& text) {
  const std::string_view whole = text.substr(0, count_digits(text));
  text.remove_prefix(whole.size());
  std::string_view fraction;
  if (take(text, '.')) {
    fraction = text.substr(0, count_digits(text));
    text.remove_prefix(fraction.size());
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const auto number = whole.empty() ? std::optional<int64_t>(0) : read_digits(whole);
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    int64_t total = 0;
    if (__builtin_mul_overflow(*number, unit.nanoseconds, &total)) return std::nullopt;
    const int64_t billionths = read_billionths(fraction);
    const int64_t part = unit.nanoseconds >= kNano ? billionths * (unit.nanoseconds / kNano)
                                                   : billionths / (kNano / unit.nanoseconds);
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
    return total;
  }
  return std::nullopt;
}

Value ranged(std::optional<Value> value, uint32_t at) {
  return value ? *value : Value::fail(Fault::out_of_range, at);
}

Value shift(const Value& timestamp, int64_t nanoseconds, uint32_t at) {
  const int64_t seconds = floor_divide(nanoseconds, kNano);
  return ranged(make_timestamp(timestamp.integer + seconds, static_cast<int64_t>(timestamp.count) +
                                                                nanoseconds - seconds * kNano),
                at);
}

}  // namespace

std::optional<Value> make_timestamp(int64_t unix_seconds, int64_t nanoseconds) {
  if (unix_seconds < kFirstSecond - kDaySeconds || unix_seconds > kLastSecond + kDaySeconds)
    return std::nullopt;
  const int64_t carried = floor_divide(nanoseconds, kNano);
  const int64_t seconds = unix_seconds + carried;
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  return Value::of(Kind::timestamp, seconds, static_cast<uint32_t>(nanoseconds - carried * kNano));
}

std::optional<Value> timestamp_of_ms(int64_t unix_ms) {
  const int64_t seconds = floor_divide(unix_ms, 1000);
  return make_timestamp(seconds, (unix_ms - seconds * 1000) * 1'000'000);
}

std::optional<Value> duration_of_ms(int64_t ms) {
  int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(ms, int64_t{1'000'000}, &nanoseconds)) return std::nullopt;
  return Value::of(Kind::duration, nanoseconds);
}

std::optional<Value> parse_timestamp(std::string_view text) {
  const auto day = take_date(text);
  if (!day || !take(text, 'T')) return std::nullopt;
  const auto minutes = take_hours_minutes(text, 23);
  if (!minutes || !take(text, ':')) return std::nullopt;
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  int64_t nanoseconds = 0;
  if (take(text, '.')) {
    const size_t digits = count_digits(text);
    if (digits == 0 || digits > 9) return std::nullopt;
    nanoseconds = read_billionths(text.substr(0, digits));
    text.remove_prefix(digits);
  }
  const auto offset = read_offset(text);
  if (!offset) return std::nullopt;
  return make_timestamp(*day * kDaySeconds + *minutes + *seconds - *offset, nanoseconds);
}

std::string format_timestamp(const Value& timestamp) {
  const int64_t day = floor_divide(timestamp.integer, kDaySeconds);
  const int64_t second = timestamp.integer - day * kDaySeconds;
  const year_month_day date{sys_days(days(day))};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     second / 3600, second / 60 % 60, second % 60,
                     format_billionths(timestamp.count));
}

std::optional<Value> parse_duration(std::string_view text) {
  if (text.starts_with("P")) {
    const auto iso = model::parse_duration(text);
    return iso ? duration_of_ms(iso->count()) : std::nullopt;
  }
  const bool is_negative = text.starts_with("-");
  if (!take(text, '-')) take(text, '+');
  if (text == "0") return Value::of(Kind::duration, 0);
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
  }
  return Value::of(Kind::duration, is_negative ? -total : total);
}

std::string format_duration(const Value& duration) {
  const int64_t seconds = duration.integer / kNano;
  const int64_t rest = duration.integer % kNano;
  const std::string_view sign = duration.integer < 0 ? "-" : "";
  return fmt::format("{}{}{}s", sign, seconds < 0 ? -seconds : seconds,
                     format_billionths(rest < 0 ? -rest : rest));
}

Value add_times(const Value& left, const Value& right, uint32_t at) {
  if (left.kind == Kind::timestamp && right.kind == Kind::duration) {
    return shift(left, right.integer, at);
  }
  if (left.kind == Kind::duration && right.kind == Kind::timestamp) {
    return shift(right, left.integer, at);
  }
  if (left.kind != Kind::duration || right.kind != Kind::duration) {
    return Value::fail(Fault::wrong_type, at, left.kind, right.kind);
  }
  int64_t sum = 0;
  if (__builtin_add_overflow(left.integer, right.integer, &sum)) {
    return Value::fail(Fault::out_of_range, at);
  }
  return Value::of(Kind::duration, sum);
}

Value subtract_times(const Value& left, const Value& right, uint32_t at) {
  int64_t difference = 0;
  if (left.kind == Kind::timestamp && right.kind == Kind::duration) {
    // The least duration has no opposite; it is split instead.
    const Value half = shift(left, -(right.integer / 2), at);
    return half.is_error() ? half : shift(half, -(right.integer - right.integer / 2), at);
  }
  if (left.kind == Kind::timestamp && right.kind == Kind::timestamp) {
    const int64_t nanoseconds =
        static_cast<int64_t>(left.count) - static_cast<int64_t>(right.count);
    if (__builtin_mul_overflow(left.integer - right.integer, kNano, &difference) ||
        __builtin_add_overflow(difference, nanoseconds, &difference)) {
      return Value::fail(Fault::out_of_range, at);
    }
    return Value::of(Kind::duration, difference);
  }
  if (left.kind != Kind::duration || right.kind != Kind::duration) {
    return Value::fail(Fault::wrong_type, at, left.kind, right.kind);
  }
  if (__builtin_sub_overflow(left.integer, right.integer, &difference)) {
    return Value::fail(Fault::out_of_range, at);
  }
  return Value::of(Kind::duration, difference);
}

int64_t timestamp_field(TimeField field, const Value& timestamp, const model::ZoneTable& zone) {
  const int64_t local =
      timestamp.integer +
      calendar::offset_at(zone, model::Instant(std::chrono::seconds(timestamp.integer)));
  const int64_t day = floor_divide(local, kDaySeconds);
  const int64_t second = local - day * kDaySeconds;
  const sys_days local_day{days(day)};
  const year_month_day date(local_day);
  switch (field) {
    case TimeField::date:
      return static_cast<unsigned>(date.day());
    case TimeField::day_of_month:
      return static_cast<int64_t>(static_cast<unsigned>(date.day())) - 1;
    case TimeField::day_of_week:
      return std::chrono::weekday(local_day).c_encoding();
    case TimeField::day_of_year:
      return (local_day - sys_days(date.year() / std::chrono::January / 1)).count();
    case TimeField::full_year:
      return static_cast<int>(date.year());
    case TimeField::hours:
      return second / 3600;
    case TimeField::milliseconds:
      return timestamp.count / 1'000'000;
    case TimeField::minutes:
      return second / 60 % 60;
    case TimeField::month:
      return static_cast<int64_t>(static_cast<unsigned>(date.month())) - 1;
    case TimeField::seconds:
      return second % 60;
  }
  return 0;
}

std::optional<int64_t> duration_field(TimeField field, const Value& duration) {
  switch (field) {
    case TimeField::hours:
      return duration.integer / (3600 * kNano);
    case TimeField::minutes:
      return duration.integer / (60 * kNano);
    case TimeField::seconds:
      return duration.integer / kNano;
    case TimeField::milliseconds:
      return duration.integer / 1'000'000 % 1000;
    default:
      return std::nullopt;
  }
}

std::optional<model::ZoneTable> fixed_zone(std::string_view text) {
  model::ZoneTable zone;
  zone.name = text;
  if (text == "UTC") return zone;
  const bool is_negative = text.starts_with("-");
  if (!take(text, '-')) take(text, '+');
  const auto size = take_hours_minutes(text, 23);
  if (!size || !text.empty()) return std::nullopt;
  zone.first_offset_s = static_cast<int32_t>(is_negative ? -*size : *size);
  return zone;
}

}  // namespace lupaus::rules::language::cel
