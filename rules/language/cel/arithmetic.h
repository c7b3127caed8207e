// The operators + - * / % and the conversions of CEL, on values alone. Each gives an error at `at`
// where the types do not fit or the result does not exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/language/cel/value.h"

namespace lupaus::rules::language::cel {

/// Numbers of one type, texts, lists (both copied to the arena), timestamps with durations.
Value add(const Value& left, const Value& right, Arena& arena, uint32_t at);
Value subtract(const Value& left, const Value& right, uint32_t at);
Value multiply(const Value& left, const Value& right, uint32_t at);
/// Truncates ints toward zero; doubles follow IEEE 754.
Value divide(const Value& left, const Value& right, uint32_t at);
/// Takes the sign of the dividend; ints alone.
Value modulo(const Value& left, const Value& right, uint32_t at);
Value negate(const Value& value, uint32_t at);

/// int(x), double(x) …: `target` names the type.
Value convert(Kind target, const Value& value, Arena& arena, uint32_t at);

/// A decimal number as CEL writes doubles. Too small ones are 0; nullopt when it is none or too
/// large.
std::optional<double> parse_real(std::string_view text);
/// The shortest digits that read back as the same double: "1", "-0.0045", "1e+100", "NaN",
/// "Infinity".
std::string format_real(double real);

}  // namespace lupaus::rules::language::cel
