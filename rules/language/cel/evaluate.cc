#include "rules/language/cel/evaluate.h"

#include <algorithm>
#include <utility>

#include "rules/calendar/zone.h"
#include "rules/language/codes.h"
#include "rules/language/suggestion.h"

namespace lupaus::rules::language::cel {
namespace {

model::Error placed(model::Error error, std::string_view text) {
  const size_t offset = std::min<size_t>(error.span.column, text.size());
  const std::string_view before = text.substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  error.span.line = static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  error.span.column = static_cast<uint32_t>(offset - line_start) + 1;
  return error;
}

std::string_view code_of(Fault fault) {
  if (fault == Fault::unknown_name || fault == Fault::unknown_function) return kUnknownName;
  if (fault == Fault::wrong_type || fault == Fault::not_boolean || fault == Fault::no_fields ||
      fault == Fault::bad_key) {
    return kConditionType;
  }
  return "";
}

}  // namespace

Expression::Expression(std::string_view text, std::vector<std::string> names, Program program)
    : text_(text), names_(std::move(names)), program_(std::move(program)) {}

model::Result<Expression> Expression::compile(std::string_view text,
                                              std::vector<std::string> names) {
  model::ensure(names.size() < 0xFFFF, "an expression reads fewer than 65,535 names");
  auto tree = parse(text);
  if (!tree) return placed(tree.error(), text);
  const std::vector<std::string_view> views(names.begin(), names.end());
  Program program(**tree, views, calendar::find_built_in_zone);
  return Expression(text, std::move(names), std::move(program));
}

model::Result<Value> Expression::evaluate(std::span<const Value> values, Arena& arena) const {
  model::ensure(values.size() == names_.size(), "an expression is given a value for each name");
  const Value value = program_.evaluate(nullptr, values, arena);
  if (!value.is_error()) return value;
  model::Error error{std::string(code_of(value.fault())),
                     fault_message(value, text_),
                     fault_hint(value),
                     {"", 0, value.count}};
  if (value.fault() == Fault::unknown_name || value.fault() == Fault::unknown_function) {
    std::vector<std::string_view> known(names_.begin(), names_.end());
    if (value.fault() == Fault::unknown_function) {
      known.clear();
      for (const Function& function : functions()) known.push_back(function.name);
    }
    error.hint = suggest(name_at(text_, value.count), known);
  }
  return placed(std::move(error), text_);
}

}  // namespace lupaus::rules::language::cel
