#include "server/api/line_condition.h"

#include <algorithm>
#include <array>
#include <set>

#include "fmt/format.h"
#include "rules/language/cel/arithmetic.h"
#include "rules/language/cel/evaluate.h"
#include "rules/language/cel/lexer.h"
#include "rules/language/cel/time_value.h"
#include "rules/language/suggestion.h"
#include "server/wire/status.h"

namespace lupaus::server::api {
namespace {

namespace cel = rules::language::cel;
using rules::model::Error;
using rules::model::Result;
using rules::model::VerdictLine;
using Values = std::array<cel::Value, kLineFields>;

/// Longer ones no person writes; what evaluates a line is bounded by steps besides.
constexpr size_t kTextMax = 4'096;

cel::Value to_value(const LineValue& value) {
  switch (value.kind) {
    case LineValue::Kind::absent:
      return cel::Value::null();
    case LineValue::Kind::boolean:
      return cel::Value::boolean(value.number != 0);
    case LineValue::Kind::number:
      return cel::Value::number(value.number);
    case LineValue::Kind::amount:
      return cel::Value::number(static_cast<double>(value.number) / 1e6);
    case LineValue::Kind::instant:
      return cel::timestamp_of_ms(value.number).value_or(cel::Value::null());
    case LineValue::Kind::length:
      return cel::duration_of_ms(value.number).value_or(cel::Value::null());
    case LineValue::Kind::text:
      return cel::Value::string(value.text);
  }
  return cel::Value::null();
}

Values values_of(const VerdictLine& line, const BranchZones& zones) {
  Values values;
  for (size_t i = 0; i < kLineFields; ++i)
    values[i] = to_value(value_of(line, static_cast<LineField>(i), zones));
  return values;
}

/// A line that has everything, to try an expression on.
VerdictLine sample_line() {
  VerdictLine line;
  line.key = {"branch", "ticket", "promise", 1, 1};
  line.verdict = rules::model::Verdict::breached;
  line.is_final = true;
  line.started_at = rules::model::from_unix_ms(1'767'596'400'000);
  line.due_at = line.stopped_at = line.breached_at = line.started_at + std::chrono::minutes(15);
  line.counted = std::chrono::minutes(16);
  line.late_by = std::chrono::minutes(1);
  line.owed = rules::model::Money{{{'E', 'U', 'R'}}, 1'000};
  line.paid_state = rules::model::PaidState::owed;
  line.reason = line.service = "text";
  return line;
}

/// A status travels in headers, which are small: what is quoted of the filter is cut.
Error refuse(std::string what) {
  constexpr size_t kSaidMax = 400;
  if (what.size() > kSaidMax) {
    size_t end = kSaidMax;
    while (end > 0 && (static_cast<unsigned char>(what[end]) & 0xC0) == 0x80) --end;
    what.resize(end);
    what += " …";
  }
  return wire::invalid_field("filter", what);
}

/// A name that no line has, wherever it stands: what a condition skips for one line it may need for
/// another.
Result<void> check_names(const std::string& text) {
  const auto tokens = cel::tokenize(text);
  if (!tokens) return {};  // compiling says it better
  const auto is = [&](size_t i, std::string_view symbol) {
    return i < tokens->size() && (*tokens)[i].kind == cel::Token::Kind::symbol &&
           (*tokens)[i].text == symbol;
  };
  const auto is_name = [&](size_t i) {
    return (*tokens)[i].kind == cel::Token::Kind::identifier && (i == 0 || !is(i - 1, "."));
  };
  std::set<std::string, std::less<>> known = {"true", "false", "null", "in"};
  for (const std::string_view name : line_field_names()) known.emplace(name);
  for (size_t i = 1; i < tokens->size(); ++i) {
    if (is_name(i) && is(i - 1, "(") && is(i + 1, ",")) known.insert((*tokens)[i].text);
  }
  for (size_t i = 0; i < tokens->size(); ++i) {
    if (!is_name(i) || is(i + 1, "(") || known.contains((*tokens)[i].text)) continue;
    const auto names = line_field_names();
    const std::vector<std::string_view> near(names.begin(), names.end());
    return refuse(fmt::format("expected a name of a line, but got `{}` at {}; {}",
                              (*tokens)[i].text, (*tokens)[i].at + 1,
                              rules::language::suggest((*tokens)[i].text, near)));
  }
  return {};
}

}  // namespace

struct LineCondition::Compiled {
  cel::Expression expression;
};

Result<LineCondition> LineCondition::compile(const std::string& text) {
  LineCondition condition;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return condition;
  if (text.size() > kTextMax)
    return refuse(fmt::format("expected at most {} bytes, but got {}", kTextMax, text.size()));
  std::vector<std::string> names;
  for (const std::string_view name : line_field_names()) names.emplace_back(name);
  auto expression = cel::Expression::compile(text, std::move(names));
  const auto place = [](const Error& error) {
    return refuse(fmt::format("{}:{}: {}{}{}", error.span.line, error.span.column, error.message,
                              error.hint.empty() ? "" : "; ", error.hint));
  };
  if (!expression) return place(expression.error());
  if (auto known = check_names(text); !known) return known.error();
  const VerdictLine sample = sample_line();
  cel::Arena arena;
  const auto value = expression->evaluate(values_of(sample, {}), arena);
  if (!value && !value.error().code.empty()) return place(value.error());
  if (value && value->kind != cel::Kind::boolean)
    return refuse(fmt::format("expected a condition that is true or false, but it is of type {}",
                              cel::format_kind(value->kind)));
  condition.expression_ = std::make_shared<const Compiled>(Compiled{std::move(*expression)});
  return condition;
}

bool LineCondition::has(const VerdictLine& line, const BranchZones& zones) const {
  if (expression_ == nullptr) return true;
  cel::Arena arena;
  const auto value = expression_->expression.evaluate(values_of(line, zones), arena);
  return value && value->is(true);
}

}  // namespace lupaus::server::api
