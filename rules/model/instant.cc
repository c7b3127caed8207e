// The notation of instants and lengths of time.
#include "rules/model/instant.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/model/digits.h"
#include "rules/model/text_writer.h"

namespace lupaus::rules::model {
namespace {

Error bad_time(std::string_view text, std::string_view why) {
  return {"bad_time",
          fmt::format("expected {}, but `{}`", why, text),
          "write a time like `2026-01-05T09:00:00.000+02:00` or `2026-01-05T07:00:00Z`",
          {}};
}

constexpr std::string_view kDurationHint = "write a length like `90s`, `15m`, `1h30m` or `0.250s`";

Error bad_duration(std::string_view text, std::string_view why,
                   std::string_view hint = kDurationHint) {
  return {"bad_duration", fmt::format("expected {}, but `{}`", why, text), std::string(hint), {}};
}

/// The digits at [from, from + count) of `text`, or -1.
int64_t digits_at(std::string_view text, size_t from, size_t count) {
  return read_digits(text.substr(from, count)).value_or(-1);
}

/// Seconds east of UTC of "Z" or "+02:00".
std::optional<int64_t> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int64_t hours = digits_at(text, 1, 2);
  const int64_t minutes = digits_at(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int64_t seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

/// "0.25", "900": whole thousandths with the zeros at the end left out.
void put_thousandths(int64_t thousandths, TextWriter& text) {
  text.put_decimal(static_cast<uint64_t>(thousandths / 1000));
  const int64_t rest = thousandths % 1000;
  if (rest == 0) return;
  text.put('.');
  text.put_fraction(static_cast<uint64_t>(rest), 3);
}

/// Takes "15m" or "0.5s" off the front of `rest`: its length in milliseconds. `next_unit` is the
/// place in h, m, s from which the unit may come.
std::optional<int64_t> take_component(std::string_view& rest, size_t& next_unit,
                                      std::string_view units) {
  constexpr std::array<int64_t, 3> kUnitMs = {3'600'000, 60'000, 1'000};
  // WHY: nine digits of hours are 114,000 years and still far from the end of an int64 of
  // milliseconds.
  constexpr size_t kDigitsMax = 9;
  const size_t whole = count_digits(rest);
  if (whole == 0 || whole > kDigitsMax) return std::nullopt;
  const int64_t count = *read_digits(rest.substr(0, whole));
  rest.remove_prefix(whole);
  int64_t thousandths = 0;
  bool has_fraction = false;
  if (!rest.empty() && rest[0] == '.') {
    has_fraction = true;
    rest.remove_prefix(1);
    const size_t digits = count_digits(rest);
    if (digits == 0 || digits > 3) return std::nullopt;
    thousandths = read_thousandths(rest.substr(0, digits));
    rest.remove_prefix(digits);
  }
  if (rest.empty()) return std::nullopt;
  const size_t unit = units.find(rest[0], next_unit);
  if (unit == std::string_view::npos || (has_fraction && unit != 2)) return std::nullopt;
  rest.remove_prefix(1);
  next_unit = unit + 1;
  return count * kUnitMs[unit] + thousandths;
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  constexpr std::string_view kForm = "a time with date and offset";
  if (text.size() < 20) return bad_time(text, kForm);
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return bad_time(text, kForm);
  }
  const int64_t year = digits_at(text, 0, 4);
  const int64_t month = digits_at(text, 5, 2);
  const int64_t day = digits_at(text, 8, 2);
  const int64_t hour = digits_at(text, 11, 2);
  const int64_t minute = digits_at(text, 14, 2);
  const int64_t second = digits_at(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) {
    return bad_time(text, kForm);
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad_time(text, "a date that exists");
  if (hour > 23 || minute > 59) return bad_time(text, "a time of day up to 23:59:59.999");
  if (second > 59) return bad_time(text, "seconds from 00 to 59");
  std::string_view rest = text.substr(19);
  int64_t thousandths = 0;
  if (rest[0] == '.') {
    rest.remove_prefix(1);
    const size_t digits = count_digits(rest);
    if (digits == 0) return bad_time(text, "digits after the point");
    thousandths = read_thousandths(rest.substr(0, digits));
    rest.remove_prefix(digits);
  }
  const std::optional<int64_t> offset = read_offset(rest);
  if (!offset) return bad_time(text, "an offset (`Z` or `+02:00`) at the end");
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = days * 86'400 + hour * 3'600 + minute * 60 + second - *offset;
  return from_unix_ms(seconds * 1000 + thousandths);
}

std::string format_instant(Instant instant) {
  // WHY: beyond these the year has no four digits; kBeginningOfTime and kEndOfTime are written as
  // the nearest.
  constexpr int64_t kFirstMs = -62'167'219'200'000;
  constexpr int64_t kLastMs = 253'402'300'799'999;
  const Instant shown = from_unix_ms(std::clamp(to_unix_ms(instant), kFirstMs, kLastMs));
  const auto day = std::chrono::floor<std::chrono::days>(shown);
  const std::chrono::year_month_day date(day);
  const int64_t ms = (shown - day).count();
  // WHY: every line of a report has five of these; by hand they cost a tenth of fmt's.
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](size_t last, int64_t number) {
    for (; number != 0; number /= 10) text[last--] = static_cast<char>('0' + number % 10);
  };
  put(3, static_cast<int>(date.year()));
  put(6, static_cast<unsigned>(date.month()));
  put(9, static_cast<unsigned>(date.day()));
  put(12, ms / 3'600'000);
  put(15, ms / 60'000 % 60);
  put(18, ms / 1'000 % 60);
  put(22, ms % 1'000);
  return text;
}

Result<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text, "a length of time");
  if (text[0] == '-') return bad_duration(text, "a length of time that is not negative");
  if (count_digits(text) == text.size()) return bad_duration(text, "a unit after the number");
  std::string_view rest = text;
  std::string_view units = "hms";
  const bool is_iso = text[0] == 'P';
  if (is_iso) {
    units = "HMS";
    if (text.size() < 2 || text[1] != 'T') {
      return bad_duration(text, "hours, minutes or seconds after `PT`");
    }
    rest.remove_prefix(2);
  }
  if (!is_iso && text.back() == 'd' && count_digits(text) + 1 == text.size()) {
    return bad_duration(text, "a length that is the same on every day",
                        "write `24h`, `1 business day` or `1 calendar day`");
  }
  size_t next_unit = 0;
  int64_t total = 0;
  do {
    const std::optional<int64_t> part = take_component(rest, next_unit, units);
    if (!part) {
      return bad_duration(text, "hours, minutes and seconds (decimals: three, in seconds only)");
    }
    total += *part;
  } while (!rest.empty());
  return Duration(total);
}

std::string format_seconds(Duration duration) {
  const int64_t ms = duration.count();
  TextWriter text;
  if (ms < 0) text.put('-');
  put_thousandths(ms < 0 ? -ms : ms, text);
  text.put('s');
  return text.text();
}

std::string format_duration(Duration duration) {
  TextWriter text;
  put_duration(duration, text);
  return text.text();
}

void put_duration(Duration duration, TextWriter& text) {
  int64_t ms = duration.count();
  if (ms < 0) {
    text.put('-');
    ms = -ms;
  }
  const auto write = [&text](int64_t count, char unit) {
    text.put_decimal(static_cast<uint64_t>(count));
    text.put(unit);
  };
  if (ms >= 3'600'000) write(ms / 3'600'000, 'h');
  if (ms / 60'000 % 60 != 0) write(ms / 60'000 % 60, 'm');
  if (ms % 60'000 == 0 && ms != 0) return;
  put_thousandths(ms % 60'000, text);
  text.put('s');
}

}  // namespace lupaus::rules::model
