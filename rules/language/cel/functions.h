// The functions of the subset by name and form: one table for the checker and the program.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rules/language/cel/time_value.h"

namespace lupaus::rules::language::cel {

enum class FunctionKind : uint8_t {
  size,
  starts_with,
  ends_with,
  contains,
  matches,
  conversion,
  time_field
};

struct Function {
  std::string_view name;
  FunctionKind kind = FunctionKind::size;
  bool is_member = true;   ///< may be written x.f(…)
  bool is_global = false;  ///< may be written f(x, …)
  uint8_t values_min = 1;  ///< with the one before the dot
  uint8_t values_max = 1;
  Kind target = Kind::error;          ///< of a conversion
  TimeField field = TimeField::date;  ///< of a time_field
};

/// All functions of the subset.
std::span<const Function> functions();
/// The function that a call of that form means, or nullptr.
const Function* find_function(std::string_view name, bool is_member, size_t values);

}  // namespace lupaus::rules::language::cel
