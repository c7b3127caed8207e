#include "rules/language/cel/functions.h"

namespace lupaus::rules::language::cel {
namespace {

constexpr Function conversion(std::string_view name, Kind target) {
  return {name, FunctionKind::conversion, false, true, 1, 1, target, {}};
}
constexpr Function field(std::string_view name, TimeField field) {
  return {name, FunctionKind::time_field, true, false, 1, 2, {}, field};
}

constexpr Function kFunctions[] = {
    {"size", FunctionKind::size, true, true, 1, 1, {}, {}},
    {"startsWith", FunctionKind::starts_with, true, false, 2, 2, {}, {}},
    {"endsWith", FunctionKind::ends_with, true, false, 2, 2, {}, {}},
    {"contains", FunctionKind::contains, true, false, 2, 2, {}, {}},
    {"matches", FunctionKind::matches, true, true, 2, 2, {}, {}},
    conversion("int", Kind::integer),
    conversion("double", Kind::real),
    conversion("string", Kind::string),
    conversion("bool", Kind::boolean),
    conversion("timestamp", Kind::timestamp),
    conversion("duration", Kind::duration),
    conversion("money", Kind::money),
    field("getDate", TimeField::date),
    field("getDayOfMonth", TimeField::day_of_month),
    field("getDayOfWeek", TimeField::day_of_week),
    field("getDayOfYear", TimeField::day_of_year),
    field("getFullYear", TimeField::full_year),
    field("getHours", TimeField::hours),
    field("getMilliseconds", TimeField::milliseconds),
    field("getMinutes", TimeField::minutes),
    field("getMonth", TimeField::month),
    field("getSeconds", TimeField::seconds),
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name, bool is_member, size_t values) {
  for (const Function& function : kFunctions) {
    const bool has_form = is_member ? function.is_member : function.is_global;
    if (function.name == name && has_form && values >= function.values_min &&
        values <= function.values_max) {
      return &function;
    }
  }
  return nullptr;
}

}  // namespace lupaus::rules::language::cel
