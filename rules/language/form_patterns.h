// The forms of single values as regular expressions of ECMA-262, for the schema. What depends on
// more than the text (which zone exists, which attribute) they let through.
#pragma once

#include <string>
#include <string_view>

#include "rules/language/key_table.h"

namespace lupaus::rules::language {

/// The pattern of a scalar; "" where any text will do.
std::string pattern_of(Form form);
/// "09:00-16:30".
std::string hours_pattern();
/// A sum that may be zero, as tests may expect it.
std::string expected_sum_pattern();
/// "A1 issued +2m arrives +5m" of a test.
std::string event_pattern();

}  // namespace lupaus::rules::language
