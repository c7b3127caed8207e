// One expression beside the literal that it gives, and the evaluation of both.
#pragma once

#include <optional>
#include <ostream>
#include <string_view>

#include "rules/language/cel/evaluate.h"

namespace lupaus::tests {

struct CelExample {
  std::string_view text;
  std::string_view gives;  ///< a literal, or "error"
};
inline void PrintTo(const CelExample& row, std::ostream* out) { *out << row.text; }

struct CelEvaluated {
  rules::language::cel::Arena arena;
  std::optional<rules::language::cel::Expression> expression;  ///< values are views of it
  rules::language::cel::Value value;
};

/// The value of the text with x = 3, y = 2.5, s = "päivä", t = 2026-03-29T00:59:59.5Z, m = EUR 5.00
/// and xs = [3]; an error value for any error.
CelEvaluated evaluated(std::string_view text);

/// Equal in type as well as value, all the way down.
bool is_same(const rules::language::cel::Value& left, const rules::language::cel::Value& right);

/// Fails the running test when the text does not give the value.
void expect_gives(const CelExample& example);

}  // namespace lupaus::tests
