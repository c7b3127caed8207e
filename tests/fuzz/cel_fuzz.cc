// Any text as a condition: it compiles or says why not, and evaluating it ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rules/language/compile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace lupaus::rules;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto condition =
      language::compile_condition(text, {"fuzz.yaml", 1, 1}, language::queue_vocabulary());
  if (!condition) {
    if (condition.error().code.empty() || condition.error().message.empty()) std::abort();
    return 0;
  }
  static const model::Attribute kTicket[] = {
      {"service", "cash"}, {"priority", "3"}, {"fare", "EUR 15.00"}, {"customer", "c-1"}};
  static const model::Attribute kBranch[] = {{"region", "uusimaa"}, {"alarm", "true"}};
  model::Scope scope;
  scope.branch_id = "helsinki-1";
  const auto without = (*condition)->evaluate(scope);
  if (without != (*condition)->evaluate(scope)) std::abort();
  scope.ticket = kTicket;
  scope.branch = kBranch;
  (*condition)->evaluate(scope);
  return 0;
}
