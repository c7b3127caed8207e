// Hostile expressions: deep, long or endless ones end soon, with an error or a value, and never
// exhaust the stack.
#include <gtest/gtest.h>

#include <string>

#include "rules/language/cel/evaluate.h"
#include "rules/language/compile.h"

namespace lupaus::tests {
namespace {

namespace cel = rules::language::cel;

std::string repeat(std::string_view part, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += part;
  return text;
}

/// "error: …" or "value".
std::string outcome(const std::string& text) {
  cel::Arena arena;
  const auto expression = cel::Expression::compile(text, {"x"});
  if (!expression) return "error: " + expression.error().message;
  const cel::Value values[] = {cel::Value::number(int64_t{1})};
  const auto value = expression->evaluate(values, arena);
  return value ? "value" : "error: " + value.error().message;
}

bool is_spent(const std::string& text) {
  return outcome(text).find("100,000 steps") != std::string::npos;
}

TEST(CelBudget, RefusesWhatIsTooDeep) {
  for (const char* open : {"(", "[", "{1:", "!(", "-(", "x?x:", "[0].map(y,", "x[", "size("}) {
    EXPECT_TRUE(outcome(repeat(open, 200)).starts_with("error: ")) << open;
    EXPECT_TRUE(outcome(repeat(open, 60'000 / std::string(open).size())).starts_with("error: "))
        << open;
  }
  for (const char* link : {"+x", "==x", "[0]", ".a", ".a()", "*x", "%x", " in x", "-x"}) {
    EXPECT_TRUE(outcome("x" + repeat(link, 12'000)).starts_with("error: ")) << link;
    EXPECT_EQ(outcome("x" + repeat(link, 150)).find("in a row"), std::string::npos) << link;
  }
  EXPECT_EQ(outcome(repeat("(", 99) + "x" + repeat(")", 99)), "value");
}

TEST(CelBudget, TakesWhatIsLongButFlat) {
  EXPECT_EQ(outcome("false" + repeat(" || false", 5'000)), "value");
  EXPECT_EQ(outcome("x in [1" + repeat(", 23", 10'000) + "]"), "value");
  EXPECT_EQ(outcome(repeat("!", 60'000) + "true"), "value");
  EXPECT_EQ(outcome(repeat("-", 60'000) + "1"), "value");
  EXPECT_EQ(outcome("'" + repeat("a", 60'000) + "' == ''"), "value");
  EXPECT_EQ(outcome("{0: 0" +
                    [] {
                      std::string text;
                      for (int i = 1; i < 5'000; ++i) text += "," + std::to_string(i) + ":0";
                      return text;
                    }() +
                    "}[x]"),
            "value");
  EXPECT_NE(outcome(repeat(" ", 65'536) + "1"), "value");
}

TEST(CelBudget, EndsWhatWouldTakeForEver) {
  const std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  const std::string hundred = "[" + repeat("0,", 100) + "]";
  std::string nested = "true";
  for (int i = 0; i < 8; ++i) nested = ten + ".all(v" + std::to_string(i) + ", " + nested + ")";
  EXPECT_TRUE(is_spent(nested));
  EXPECT_TRUE(is_spent("true || " + nested + " ? false && " + nested + " : " + nested) ||
              outcome("true || " + nested) == "value");
  std::string doubled = "['aaaaaaaaaaaaaaaa']";
  for (int i = 0; i < 40; ++i) doubled += ".map(s, s + s)";
  EXPECT_TRUE(is_spent(doubled));
  std::string lists = "[[0, 1]]";
  for (int i = 0; i < 40; ++i) lists += ".map(l, l + l)";
  EXPECT_TRUE(is_spent(lists));
  EXPECT_TRUE(is_spent(hundred + ".map(a, " + hundred + ").all(b, " + hundred +
                       ".all(c, b == " + hundred + "))"));
  EXPECT_TRUE(is_spent(hundred + ".all(a, [string(x)].all(b, 'abc'.matches(b) || true))"));
  const std::string text = repeat("a", 30'000);
  const std::string part = repeat("a", 15'000) + "b";
  EXPECT_TRUE(is_spent("('" + text + "' + string(x)).contains('" + part + "')"));
}

TEST(CelBudget, AValueIsNeverTooDeepToCompare) {
  // Each map() wraps what the one before gave.
  std::string deep = "[[x]]";
  for (int i = 0; i < 90; ++i) deep += ".map(v, [[[[v]]]])";
  EXPECT_NE(outcome(deep + " == " + deep).find("nested at most 100 deep"), std::string::npos);
}

TEST(CelBudget, ACompiledConditionHasTheSameLimits) {
  const auto compiled = [](const std::string& text) {
    return rules::language::compile_condition(text, {}, rules::language::queue_vocabulary());
  };
  EXPECT_FALSE(compiled(repeat("(", 5'000) + "true").ok());
  std::string nested = "ticket.service == 'x'";
  for (int i = 0; i < 6; ++i) {
    nested = "[0,1,2,3,4,5,6,7,8,9].exists(v" + std::to_string(i) + ", " + nested + ")";
  }
  const auto condition = compiled(nested);
  ASSERT_TRUE(condition.ok()) << format_error(condition.error());
  const rules::model::Attribute service{"service", "cash"};
  EXPECT_EQ((*condition)->evaluate({"b", {&service, 1}, {}, {}, "", 0}),
            rules::model::Condition::Value::error);
}

}  // namespace
}  // namespace lupaus::tests
