// The words for each way in which evaluating an expression can fail.
#include <algorithm>
#include <cctype>

#include "rules/language/cel/value.h"

namespace lupaus::rules::language::cel {
namespace {

std::string a(Kind kind) {
  const bool has_vowel = kind == Kind::integer || kind == Kind::error;
  return (has_vowel ? "an " : "a ") + std::string(format_kind(kind));
}

std::string wrong_type(const Value& error) {
  if (error.fault_right() == Kind::error) {
    return "expected another type here, but this is " + a(error.fault_left());
  }
  return "expected types that fit together, but these are " + a(error.fault_left()) + " and " +
         a(error.fault_right());
}

}  // namespace

std::string name_at(std::string_view expression, size_t at) {
  size_t end = at;
  while (end < expression.size() &&
         (std::isalnum(static_cast<unsigned char>(expression[end])) != 0 || expression[end] == '_'))
    ++end;
  return std::string(expression.substr(std::min(at, expression.size()), end - at));
}

std::string fault_message(const Value& error, std::string_view expression) {
  switch (error.fault()) {
    case Fault::absent:
      return "expected this attribute, but nobody sent it";
    case Fault::unreadable:
      return "expected a value of the attribute's type, but another was sent";
    case Fault::unknown_name:
      return "expected a known name, but `" + name_at(expression, error.count) + "` is none";
    case Fault::unknown_function:
      return "expected a known function with these values, but `" +
             name_at(expression, error.count) + "` is none";
    case Fault::wrong_type:
      return wrong_type(error);
    case Fault::not_boolean:
      return "expected true or false, but this is " + a(error.fault_left());
    case Fault::overflow:
      return "expected a result of at most 64 bits, but it is larger";
    case Fault::division_by_zero:
      return "expected a divisor, but it is 0";
    case Fault::bad_index:
      return "expected an index of the list, but there is no such item";
    case Fault::missing_key:
      return "expected a key of the map, but it has no such key";
    case Fault::no_fields:
      return "expected a map before the field, but this is " + a(error.fault_left());
    case Fault::bad_key:
      return "expected an int, a bool or a string as key, but this is " + a(error.fault_left());
    case Fault::repeated_key:
      return "expected each key once, but one comes twice";
    case Fault::bad_conversion:
      return "expected a value that can be converted, but this " +
             std::string(format_kind(error.fault_left())) + " cannot";
    case Fault::out_of_range:
      return "expected a time of the years 1 to 9999, or a duration below 292 years, but this lies "
             "beyond";
    case Fault::bad_pattern:
      return "expected a regular expression, but this is none";
    case Fault::unknown_zone:
      return "expected a time zone, but this is none";
    case Fault::two_currencies:
      return "expected sums of one currency, but these are of two, or no sums";
    case Fault::too_deep:
      return "expected lists and maps nested at most 100 deep, but this is deeper";
    case Fault::too_many_steps:
      return "expected an expression that ends within 100,000 steps, but this one takes more";
  }
  return "expected a value, but this is an error";
}

std::string fault_hint(const Value& error) {
  switch (error.fault()) {
    case Fault::absent:
      return "ask with has(…) first";
    case Fault::wrong_type:
      if (error.fault_left() == Kind::real || error.fault_right() == Kind::real) {
        return "int and double do not mix in arithmetic: write 1.0, int(…) or double(…)";
      }
      return "int(…), double(…) and string(…) convert";
    case Fault::division_by_zero:
      return "guard it, as in x != 0 && y / x > 1";
    case Fault::bad_index:
      return "indexes count from 0; size(…) tells how many items there are";
    case Fault::missing_key:
      return "ask with has(m.key) or \"key\" in m first";
    case Fault::bad_conversion:
      return "durations are written as 1h30m or 1.5s, timestamps as 2026-01-05T09:00:00+02:00";
    case Fault::bad_pattern:
      return "patterns are those of RE2: no backreferences, no lookaround";
    case Fault::unknown_zone:
      return "write it as Europe/Helsinki or +02:00";
    case Fault::two_currencies:
      return "write a sum as \"EUR 10.00\"";
    case Fault::repeated_key:
      return "leave one of them out";
    case Fault::out_of_range:
      return "write a nearer time, or a shorter length";
    case Fault::too_deep:
      return "set fewer lists and maps within each other";
    case Fault::too_many_steps:
      return "go through fewer items";
    default:
      return "convert it, or ask with has(…) first";
  }
}

}  // namespace lupaus::rules::language::cel
