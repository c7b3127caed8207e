// From the text of a condition to its tree. Knows the grammar of CEL; what is not built yet is
// refused by name.
#pragma once

#include <string_view>

#include "rules/language/cel_expression.h"
#include "rules/model/result.h"

namespace lupaus::rules::language {

/// WHY: a condition that is longer, or nested deeper, is no rule that a person can read, and would
/// exhaust the stack.
inline constexpr size_t kConditionBytesMax = 8192;
inline constexpr int kConditionDepthMax = 100;

/// Errors carry the offset in span.column (see cel_error).
model::Result<CelPtr> parse_cel(std::string_view text);

}  // namespace lupaus::rules::language
