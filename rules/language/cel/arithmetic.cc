#include "rules/language/cel/arithmetic.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "rules/language/cel/time_value.h"

namespace lupaus::rules::language::cel {
namespace {

Value wrong_type(const Value& left, const Value& right, uint32_t at) {
  return Value::fail(Fault::wrong_type, at, left.kind, right.kind);
}

bool are(Kind kind, const Value& left, const Value& right) {
  return left.kind == kind && right.kind == kind;
}

/// By reference, because the builtins give the result on the way.
Value whole(bool has_overflowed, const int64_t& result, uint32_t at) {
  return has_overflowed ? Value::fail(Fault::overflow, at) : Value::number(result);
}

Value join_lists(const Value& left, const Value& right, Arena& arena, uint32_t at) {
  const std::span<Value> items = arena.make<Value>(size_t{left.count} + right.count);
  const auto middle = std::copy(left.list().begin(), left.list().end(), items.begin());
  std::copy(right.list().begin(), right.list().end(), middle);
  return make_list(items, at);
}

template <typename T>
std::optional<T> read_whole(std::string_view text) {
  T number{};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last || text.empty()) return std::nullopt;
  return number;
}

std::optional<Value> to_integer(const Value& value) {
  switch (value.kind) {
    case Kind::integer:
      return value;
    case Kind::real: {
      const auto integer = exact_integer(std::trunc(value.real));
      return integer ? std::optional(Value::number(*integer)) : std::nullopt;
    }
    case Kind::string: {
      const auto integer = read_whole<int64_t>(value.text());
      return integer ? std::optional(Value::number(*integer)) : std::nullopt;
    }
    case Kind::timestamp:
      return Value::number(value.integer);
    default:
      return std::nullopt;
  }
}

std::optional<Value> to_real(const Value& value) {
  if (value.kind == Kind::real) return value;
  if (value.kind == Kind::integer) return Value::number(static_cast<double>(value.integer));
  if (value.kind != Kind::string) return std::nullopt;
  const std::string_view text = value.text();
  const bool is_negative = text.starts_with('-');
  const std::string_view size = text.substr(is_negative ? 1 : 0);
  if (text == "NaN") return Value::number(std::numeric_limits<double>::quiet_NaN());
  if (size == "Infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    return Value::number(is_negative ? -infinity : infinity);
  }
  const auto real = parse_real(text);
  return real ? std::optional(Value::number(*real)) : std::nullopt;
}

std::optional<Value> to_boolean(const Value& value) {
  static constexpr std::array<std::string_view, 5> kYes = {"1", "t", "true", "TRUE", "True"};
  static constexpr std::array<std::string_view, 5> kNo = {"0", "f", "false", "FALSE", "False"};
  if (value.kind == Kind::boolean) return value;
  if (value.kind != Kind::string) return std::nullopt;
  const std::string_view text = value.text();
  if (std::find(kYes.begin(), kYes.end(), text) != kYes.end()) return Value::boolean(true);
  if (std::find(kNo.begin(), kNo.end(), text) != kNo.end()) return Value::boolean(false);
  return std::nullopt;
}

std::optional<Value> to_string(const Value& value, Arena& arena) {
  switch (value.kind) {
    case Kind::string:
      return value;
    case Kind::boolean:
      return Value::string(value.integer != 0 ? "true" : "false");
    case Kind::integer:
      return Value::string(arena.join(std::to_string(value.integer)));
    case Kind::real:
      return Value::string(arena.join(format_real(value.real)));
    case Kind::money:
      return Value::string(arena.join(model::format_money(value.money())));
    case Kind::timestamp:
      return Value::string(arena.join(format_timestamp(value)));
    case Kind::duration:
      return Value::string(arena.join(format_duration(value)));
    default:
      return std::nullopt;
  }
}

std::optional<Value> to_time(Kind target, const Value& value) {
  if (value.kind == target) return value;
  if (value.kind == Kind::string) {
    return target == Kind::timestamp ? parse_timestamp(value.text()) : parse_duration(value.text());
  }
  if (target == Kind::timestamp && value.kind == Kind::integer) {
    return make_timestamp(value.integer, 0);
  }
  return std::nullopt;
}

std::optional<Value> to_money(const Value& value) {
  if (value.kind == Kind::money) return value;
  if (value.kind != Kind::string) return std::nullopt;
  const auto money = model::parse_money(value.text());
  return money ? std::optional(Value::sum(*money)) : std::nullopt;
}

}  // namespace

Value add(const Value& left, const Value& right, Arena& arena, uint32_t at) {
  if (left.kind == Kind::timestamp || left.kind == Kind::duration) {
    return add_times(left, right, at);
  }
  if (left.kind != right.kind) return wrong_type(left, right, at);
  int64_t sum = 0;
  switch (left.kind) {
    case Kind::integer:
      return whole(__builtin_add_overflow(left.integer, right.integer, &sum), sum, at);
    case Kind::real:
      return Value::number(left.real + right.real);
    case Kind::string:
      return Value::string(arena.join(left.text(), right.text()));
    case Kind::list:
      return join_lists(left, right, arena, at);
    default:
      return wrong_type(left, right, at);
  }
}

Value subtract(const Value& left, const Value& right, uint32_t at) {
  if (left.kind == Kind::timestamp || left.kind == Kind::duration) {
    return subtract_times(left, right, at);
  }
  if (are(Kind::real, left, right)) return Value::number(left.real - right.real);
  if (!are(Kind::integer, left, right)) return wrong_type(left, right, at);
  int64_t difference = 0;
  return whole(__builtin_sub_overflow(left.integer, right.integer, &difference), difference, at);
}

Value multiply(const Value& left, const Value& right, uint32_t at) {
  if (are(Kind::real, left, right)) return Value::number(left.real * right.real);
  if (!are(Kind::integer, left, right)) return wrong_type(left, right, at);
  int64_t product = 0;
  return whole(__builtin_mul_overflow(left.integer, right.integer, &product), product, at);
}

Value divide(const Value& left, const Value& right, uint32_t at) {
  if (are(Kind::real, left, right)) {
    // IEEE 754 written out, because C++ leaves a division by zero undefined.
    if (right.real != 0) return Value::number(left.real / right.real);
    if (left.real == 0 || std::isnan(left.real)) {
      return Value::number(std::numeric_limits<double>::quiet_NaN());
    }
    const double infinity = std::numeric_limits<double>::infinity();
    const bool is_negative = std::signbit(left.real) != std::signbit(right.real);
    return Value::number(is_negative ? -infinity : infinity);
  }
  if (!are(Kind::integer, left, right)) return wrong_type(left, right, at);
  if (right.integer == 0) return Value::fail(Fault::division_by_zero, at);
  if (right.integer == -1) return negate(left, at);
  return Value::number(left.integer / right.integer);
}

Value modulo(const Value& left, const Value& right, uint32_t at) {
  if (!are(Kind::integer, left, right)) return wrong_type(left, right, at);
  if (right.integer == 0) return Value::fail(Fault::division_by_zero, at);
  return Value::number(right.integer == -1 ? 0 : left.integer % right.integer);
}

Value negate(const Value& value, uint32_t at) {
  if (value.kind == Kind::real) return Value::number(-value.real);
  if (value.kind != Kind::integer) return Value::fail(Fault::wrong_type, at, value.kind);
  int64_t opposite = 0;
  return whole(__builtin_sub_overflow(int64_t{0}, value.integer, &opposite), opposite, at);
}

Value convert(Kind target, const Value& value, Arena& arena, uint32_t at) {
  std::optional<Value> result;
  switch (target) {
    case Kind::integer:
      result = to_integer(value);
      break;
    case Kind::real:
      result = to_real(value);
      break;
    case Kind::boolean:
      result = to_boolean(value);
      break;
    case Kind::string:
      result = to_string(value, arena);
      break;
    case Kind::money:
      result = to_money(value);
      break;
    default:
      result = to_time(target, value);
  }
  return result ? *result : Value::fail(Fault::bad_conversion, at, value.kind);
}

std::optional<double> parse_real(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::string_view size = text.substr(is_negative ? 1 : 0);
  // WHY: from_chars takes "inf" and "nan" too.
  if (size.empty() || size.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
    return std::nullopt;
  }
  double real = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, real);
  if (end != last || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc()) return real;
  // Out of range; from_chars does not say at which end. The place of the first digit that is not 0
  // does.
  const size_t mark = std::min(size.find_first_of("eE"), size.size());
  const std::string_view digits = size.substr(0, mark);
  const auto point = static_cast<int64_t>(std::min(digits.find('.'), digits.size()));
  const size_t nonzero = digits.find_first_of("123456789");
  if (nonzero == std::string_view::npos) return is_negative ? -0.0 : 0.0;
  const auto first = static_cast<int64_t>(nonzero);
  std::string_view power = mark < size.size() ? size.substr(mark + 1) : "0";
  if (power.starts_with('+')) power.remove_prefix(1);
  const auto exponent = read_whole<int64_t>(power);
  const bool is_moderate = exponent && std::abs(*exponent) < 1'000'000'000;
  const bool is_small = is_moderate ? *exponent + point - first < 0 : power.starts_with('-');
  if (!is_small) return std::nullopt;
  return is_negative ? -0.0 : 0.0;
}

std::string format_real(double real) {
  if (std::isnan(real)) return "NaN";
  if (std::isinf(real)) return real < 0 ? "-Infinity" : "Infinity";
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), real);
  return {text.data(), end};
}

}  // namespace lupaus::rules::language::cel
