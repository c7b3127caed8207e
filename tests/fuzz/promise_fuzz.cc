// Any text as a promise file: compiling it ends, with a book or with the reasons against one, and
// a book compiled again from what it carries is the same book.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rules/language/compile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace lupaus::rules;
  const model::SourceFile file{"fuzz.yaml",
                               std::string(reinterpret_cast<const char*>(bytes), size)};
  const auto compiled = language::compile({&file, 1});
  bool has_error = false;
  for (const auto& diagnostic : compiled.diagnostics) {
    has_error = has_error || diagnostic.severity == language::Severity::error;
    if (diagnostic.error.code.empty() || diagnostic.error.message.empty()) std::abort();
    if (language::format_diagnostic(diagnostic).empty()) std::abort();
  }
  if ((compiled.book == nullptr) != has_error) std::abort();
  if (compiled.book == nullptr) return 0;
  const auto again =
      language::compile(compiled.book->files, {compiled.book->zones, compiled.book->tz_version});
  if (again.book == nullptr || again.book->hash != compiled.book->hash) std::abort();
  for (size_t i = 0; i < again.book->promises.size(); ++i) {
    if (again.book->promises[i].digest != compiled.book->promises[i].digest) std::abort();
  }
  return 0;
}
