// Any text as an expression and as a condition: it compiles or says why not, evaluating it ends,
// and gives the same twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/language/cel/condition.h"
#include "rules/language/cel/evaluate.h"
#include "rules/language/compile.h"

namespace {

using namespace lupaus::rules;  // NOLINT: a program
namespace cel = language::cel;

void need(bool is_so) {
  if (!is_so) std::abort();
}

void try_expression(std::string_view text) {
  const auto expression = cel::Expression::compile(text, {"x", "s"});
  if (!expression) return need(!expression.error().message.empty());
  const cel::Value values[] = {cel::Value::number(int64_t{7}), cel::Value::string("abc")};
  cel::Arena first_arena, second_arena;
  const auto first = expression->evaluate(values, first_arena);
  const auto second = expression->evaluate(values, second_arena);
  need(first.ok() == second.ok());
  if (!first) return need(!first.error().message.empty() && first.error().span.column != 0);
  need(first->kind == second->kind);
  // Two NaNs are not equal, and lists may hold them; but comparing ends.
  cel::Steps steps(cel::kStepsMax);
  is_equal(*first, *second, steps);
}

void try_condition(const std::string& text) {
  const auto condition =
      language::compile_condition(text, {"fuzz.yaml", 1, 1}, language::queue_vocabulary());
  if (!condition) {
    return need(!condition.error().code.empty() && !condition.error().message.empty());
  }
  need(!language::canonical_cel(text).empty());
  static const model::Attribute kTicket[] = {
      {"service", "cash"}, {"priority", "3"}, {"fare", "EUR 15.00"}, {"customer", "c-1"}};
  static const model::Attribute kBranch[] = {{"region", "uusimaa"}, {"alarm", "true"}};
  model::Scope scope;
  scope.branch_id = "helsinki-1";
  const auto without = (*condition)->evaluate(scope);
  need(without == (*condition)->evaluate(scope));
  scope.ticket = kTicket;
  scope.branch = kBranch;
  (*condition)->evaluate(scope);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try_expression(text);
  try_condition(text);
  return 0;
}
