#include "rules/language/cel_condition.h"

#include <re2/re2.h>

#include <charconv>
#include <compare>
#include <utility>

#include "rules/language/cel_expression.h"
#include "rules/language/cel_parser.h"
#include "rules/language/compile.h"
#include "rules/model/instant.h"

namespace lupaus::rules::language {
namespace {

using Kind = CelExpression::Kind;
using Value = CelValue;

CelValue read_attribute(std::span<const model::Attribute> attributes, std::string_view name,
                        model::AttributeType type) {
  const model::Attribute* found = model::find_attribute(attributes, name);
  if (found == nullptr) return {};
  const std::string_view text = found->value;
  switch (type) {
    case model::AttributeType::string:
      return Value::string(text);
    case model::AttributeType::boolean:
      if (text == "true" || text == "false") return Value::boolean(text == "true");
      return {};
    case model::AttributeType::integer: {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return {};
      return Value::number(Value::Kind::integer, number);
    }
    case model::AttributeType::money: {
      const auto money = model::parse_money(text);
      if (!money) return {};
      CelValue value = Value::number(Value::Kind::money, money->minor);
      value.currency = money->currency;
      return value;
    }
    case model::AttributeType::time: {
      const auto instant = model::parse_instant(text);
      return instant ? Value::number(Value::Kind::time, model::to_unix_ms(*instant)) : CelValue{};
    }
    case model::AttributeType::duration: {
      const auto duration = model::parse_duration(text);
      return duration ? Value::number(Value::Kind::duration, duration->count()) : CelValue{};
    }
  }
  return {};
}

bool is_equal(const CelValue& left, const CelValue& right) {
  if (left.kind == Value::Kind::string) return left.text == right.text;
  if (left.kind == Value::Kind::real) return left.real == right.real;
  return left.integer == right.integer && left.currency == right.currency;
}

int64_t code_point_count(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

/// Walks a checked tree. No allocation but by regular expressions.
class Evaluator {
 public:
  explicit Evaluator(const model::Scope& scope) : scope_(scope) {}

  CelValue value(const CelExpression& tree) const {
    switch (tree.kind) {
      case Kind::constant:
        return tree.constant;
      case Kind::ticket_attribute:
        return read_attribute(scope_.ticket, tree.text, tree.attribute);
      case Kind::branch_attribute:
        return read_attribute(scope_.branch, tree.text, tree.attribute);
      case Kind::event_attribute:
        return read_attribute(scope_.event, tree.text, tree.attribute);
      case Kind::branch_id:
        return Value::string(scope_.branch_id);
      case Kind::day_class:
        return Value::string(scope_.day_class);
      case Kind::day_weekday:
        if (scope_.day_weekday == 0) return {};
        return Value::number(Value::Kind::integer, scope_.day_weekday);
      case Kind::has:
        return Value::boolean(is_present(*tree.children[0]));
      case Kind::logical_and:
        return absorb(tree, false);
      case Kind::logical_or:
        return absorb(tree, true);
      case Kind::logical_not: {
        const CelValue inner = value(*tree.children[0]);
        return inner.kind == Value::Kind::error ? inner : Value::boolean(inner.integer == 0);
      }
      case Kind::conditional: {
        const CelValue condition = value(*tree.children[0]);
        if (condition.kind == Value::Kind::error) return condition;
        return value(*tree.children[condition.integer != 0 ? 1 : 2]);
      }
      case Kind::in:
        return in(tree);
      case Kind::size: {
        const CelValue text = value(*tree.children[0]);
        if (text.kind == Value::Kind::error) return text;
        return Value::number(Value::Kind::integer, code_point_count(text.text));
      }
      case Kind::starts_with:
      case Kind::ends_with:
      case Kind::contains:
      case Kind::matches:
        return text_test(tree);
      default:
        return comparison(tree);
    }
  }

 private:
  /// && and || of CEL: one deciding operand makes the whole, whatever errors stand beside it.
  CelValue absorb(const CelExpression& tree, bool deciding) const {
    bool has_error = false;
    for (const CelPtr& child : tree.children) {
      const CelValue operand = value(*child);
      if (operand.is(deciding)) return operand;
      has_error = has_error || operand.kind == Value::Kind::error;
    }
    return has_error ? CelValue{} : Value::boolean(!deciding);
  }
  CelValue in(const CelExpression& tree) const {
    const CelValue wanted = value(*tree.children[0]);
    if (wanted.kind == Value::Kind::error) return wanted;
    const CelExpression& list = *tree.children[1];
    bool is_found = false;
    for (const CelPtr& child : list.children) {
      if (list.is_constant_list) {
        if (is_equal(wanted, child->constant)) return Value::boolean(true);
        continue;
      }
      const CelValue item = value(*child);
      if (item.kind == Value::Kind::error) return item;
      is_found = is_found || is_equal(wanted, item);
    }
    return Value::boolean(is_found);
  }
  CelValue comparison(const CelExpression& tree) const {
    const CelValue left = value(*tree.children[0]);
    if (left.kind == Value::Kind::error) return left;
    const CelValue right = value(*tree.children[1]);
    if (right.kind == Value::Kind::error) return right;
    if (tree.kind == Kind::equal) return Value::boolean(is_equal(left, right));
    if (tree.kind == Kind::not_equal) return Value::boolean(!is_equal(left, right));
    // Sums of two currencies have no order.
    if (left.kind == Value::Kind::money && left.currency != right.currency) return {};
    std::partial_ordering order = left.integer <=> right.integer;
    if (left.kind == Value::Kind::string) order = left.text <=> right.text;
    if (left.kind == Value::Kind::real) order = left.real <=> right.real;
    switch (tree.kind) {
      case Kind::less:
        return Value::boolean(order < 0);
      case Kind::less_equal:
        return Value::boolean(order <= 0);
      case Kind::greater:
        return Value::boolean(order > 0);
      default:
        return Value::boolean(order >= 0);
    }
  }
  CelValue text_test(const CelExpression& tree) const {
    const CelValue text = value(*tree.children[0]);
    if (text.kind == Value::Kind::error) return text;
    if (tree.kind == Kind::matches) {
      return Value::boolean(re2::RE2::PartialMatch(
          re2::StringPiece(text.text.data(), text.text.size()), *tree.pattern));
    }
    const CelValue part = value(*tree.children[1]);
    if (part.kind == Value::Kind::error) return part;
    if (tree.kind == Kind::starts_with) return Value::boolean(text.text.starts_with(part.text));
    if (tree.kind == Kind::ends_with) return Value::boolean(text.text.ends_with(part.text));
    return Value::boolean(text.text.find(part.text) != std::string_view::npos);
  }
  bool is_present(const CelExpression& tree) const {
    if (tree.kind == Kind::ticket_attribute) {
      return model::find_attribute(scope_.ticket, tree.text) != nullptr;
    }
    if (tree.kind == Kind::branch_attribute) {
      return model::find_attribute(scope_.branch, tree.text) != nullptr;
    }
    if (tree.kind == Kind::event_attribute) {
      return model::find_attribute(scope_.event, tree.text) != nullptr;
    }
    return true;
  }

  const model::Scope& scope_;
};

class CelCondition final : public model::Condition {
 public:
  CelCondition(std::string text, CelPtr tree) : text_(std::move(text)), tree_(std::move(tree)) {}

  Value evaluate(const model::Scope& scope) const override {
    const CelValue result = Evaluator(scope).value(*tree_);
    if (result.kind != CelValue::Kind::boolean) return Value::error;
    return result.integer != 0 ? Value::yes : Value::no;
  }
  std::string_view text() const override { return text_; }

 private:
  const std::string text_;
  const CelPtr tree_;
};

model::Error placed(model::Error error, std::string_view text, const model::Span& where) {
  const uint32_t offset = error.span.column;
  error.span = where;
  if (where.column != 0 && text.find('\n') == std::string_view::npos) error.span.column += offset;
  return error;
}

}  // namespace

model::Result<model::ConditionPtr> compile_cel(std::string_view text, const model::Span& where,
                                               const model::Vocabulary& vocabulary,
                                               CelNames names) {
  auto tree = parse_cel(text);
  if (!tree) return placed(tree.error(), text, where);
  if (auto checked = check_cel(**tree, vocabulary, names); !checked) {
    return placed(checked.error(), text, where);
  }
  return model::ConditionPtr(std::make_shared<CelCondition>(std::string(text), std::move(*tree)));
}

model::Result<model::ConditionPtr> compile_condition(std::string_view text,
                                                     const model::Span& where,
                                                     const model::Vocabulary& vocabulary) {
  return compile_cel(text, where, vocabulary, {.has_event = true, .has_day = true});
}

}  // namespace lupaus::rules::language
