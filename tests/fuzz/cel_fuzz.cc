// Fuzzes expressions and conditions: whatever the text, evaluating it ends, and gives the same
// value twice. A condition that compiles must evaluate over a ticket without attributes too.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/language/cel/condition.h"
#include "rules/language/cel/evaluate.h"
#include "rules/language/compile.h"

namespace {

namespace cel = lupaus::rules::language::cel;
using lupaus::rules::model::Attribute;
using lupaus::rules::model::ensure;
using lupaus::rules::model::Scope;

void try_expression(std::string_view text) {
  const auto expression = cel::Expression::compile(text, {"x", "s"});
  if (!expression) return;
  const cel::Value values[] = {cel::Value::number(int64_t{7}), cel::Value::string("abc")};
  cel::Arena first_arena, second_arena;
  const auto first = expression->evaluate(values, first_arena);
  const auto second = expression->evaluate(values, second_arena);
  ensure(first.ok() == second.ok(), "an expression gives a value each time or never");
  if (!first) return;
  ensure(first->kind == second->kind, "an expression gives the same type each time");
  // Two NaNs are not equal, and lists may hold them.
  cel::Steps steps(cel::kStepsMax);
  is_equal(*first, *second, steps);
}

void try_condition(std::string_view text) {
  const auto& vocabulary = lupaus::rules::language::queue_vocabulary();
  const auto condition = lupaus::rules::language::compile_condition(text, {}, vocabulary);
  if (!condition) return;
  static constexpr Attribute kTicket[] = {{"service", "cash"}, {"priority", "3"}};
  (*condition)->evaluate(Scope{});
  (*condition)->evaluate(Scope{"b", kTicket, {}, kTicket, "payday", 5});
  const std::string canonical = lupaus::rules::language::canonical_cel(text);
  ensure(!canonical.empty(), "a condition that compiles has a canonical form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try_expression(text);
  try_condition(text);
  return 0;
}
