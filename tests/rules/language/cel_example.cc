#include "tests/rules/language/cel_example.h"

#include <gtest/gtest.h>

#include <utility>

namespace lupaus::tests {

namespace cel = rules::language::cel;
using cel::Kind;
using cel::Value;

bool is_same(const Value& left, const Value& right) {
  if (left.kind != right.kind) return false;
  cel::Steps steps(1'000'000);
  if (left.kind == Kind::list || left.kind == Kind::map) {
    if (left.count != right.count) return false;
    for (uint32_t i = 0; i < left.count; ++i) {
      if (left.kind == Kind::list && !is_same(left.items[i], right.items[i])) return false;
      if (left.kind == Kind::map && (!is_same(left.entries[i].key, right.entries[i].key) ||
                                     !is_same(left.entries[i].value, right.entries[i].value))) {
        return false;
      }
    }
    return true;
  }
  if (left.kind == Kind::real && left.real != left.real) return right.real != right.real;
  return left.kind == Kind::error || is_equal(left, right, steps);
}

CelEvaluated evaluated(std::string_view text) {
  CelEvaluated result;
  static constexpr std::string_view kTime = "2026-03-29T00:59:59.5Z";
  auto expression = cel::Expression::compile(text, {"x", "y", "s", "t", "m", "xs"});
  if (!expression) return result;
  result.expression = std::move(*expression);
  const std::span<Value> items = result.arena.make<Value>(1);
  items[0] = Value::number(int64_t{3});
  const Value values[] = {items[0],
                          Value::number(2.5),
                          Value::string("p\u00e4iv\u00e4"),
                          *cel::parse_timestamp(kTime),
                          Value::sum(rules::model::parse_money("EUR 5.00").value()),
                          cel::make_list(items)};
  const auto value = result.expression->evaluate(values, result.arena);
  if (value) result.value = *value;
  return result;
}

void expect_gives(const CelExample& example) {
  const CelEvaluated literal = evaluated(example.gives);
  ASSERT_EQ(literal.value.is_error(), example.gives == "error");
  const CelEvaluated found = evaluated(example.text);
  EXPECT_TRUE(is_same(found.value, literal.value))
      << "gives a value of type " << format_kind(found.value.kind);
}

}  // namespace lupaus::tests
