#include "rules/language/cel/condition.h"

#include <memory>
#include <utility>

#include "rules/calendar/zone.h"
#include "rules/language/cel/arithmetic.h"
#include "rules/language/cel/checker.h"
#include "rules/language/cel/lexer.h"
#include "rules/language/cel/program.h"
#include "rules/language/compile.h"

namespace lupaus::rules::language {
namespace {

class CelCondition final : public model::Condition {
 public:
  CelCondition(std::string text, cel::Program program)
      : text_(std::move(text)), program_(std::move(program)) {}

  Value evaluate(const model::Scope& scope) const override {
    cel::Arena arena;
    const cel::Value result = program_.evaluate(&scope, {}, arena);
    if (result.kind != cel::Kind::boolean) return Value::error;
    return result.integer != 0 ? Value::yes : Value::no;
  }
  std::string_view text() const override { return text_; }

 private:
  const std::string text_;
  const cel::Program program_;
};

model::Error placed(model::Error error, std::string_view text, const model::Span& where) {
  const uint32_t offset = error.span.column;
  error.span = where;
  if (where.column != 0 && text.find('\n') == std::string_view::npos) error.span.column += offset;
  return error;
}

}  // namespace

model::Result<model::ConditionPtr> compile_cel(std::string_view text, const model::Span& where,
                                               const model::Vocabulary& vocabulary, CelNames names,
                                               const ZoneFinder* find_zone) {
  static const ZoneFinder kBuiltIn = calendar::find_built_in_zone;
  const ZoneFinder& zones = find_zone != nullptr ? *find_zone : kBuiltIn;
  auto tree = cel::parse(text);
  if (!tree) return placed(tree.error(), text, where);
  if (auto checked = cel::check(**tree, vocabulary, names, zones); !checked) {
    return placed(checked.error(), text, where);
  }
  cel::Program program(**tree, {}, zones);
  return model::ConditionPtr(std::make_shared<CelCondition>(std::string(text), std::move(program)));
}

model::Result<model::ConditionPtr> compile_condition(std::string_view text,
                                                     const model::Span& where,
                                                     const model::Vocabulary& vocabulary) {
  return compile_cel(text, where, vocabulary, {.has_event = true, .has_day = true});
}

std::string canonical_cel(std::string_view text) {
  const auto tokens = cel::tokenize(text);
  if (!tokens) return std::string(text);
  std::string canonical;
  for (const cel::Token& token : *tokens) {
    if (!canonical.empty()) canonical += ' ';
    switch (token.kind) {
      case cel::Token::Kind::integer:
        canonical += std::to_string(token.magnitude);
        break;
      case cel::Token::Kind::real:
        // A double that is whole must not look like an int.
        canonical += "~" + cel::format_real(token.real);
        break;
      case cel::Token::Kind::string:
        canonical += '"' + std::to_string(token.text.size()) + ':' + token.text + '"';
        break;
      default:
        canonical += token.text;
    }
  }
  return canonical;
}

}  // namespace lupaus::rules::language
