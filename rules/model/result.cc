// How an error reads, and the end of a program whose invariant broke.
#include "rules/model/result.h"

#include <cstdio>

namespace lupaus::rules::model {

std::string format_error(const Error& error) {
  std::string text;
  if (!error.span.file.empty()) {
    text += error.span.file;
    if (error.span.line != 0) text += ":" + std::to_string(error.span.line);
    if (error.span.column != 0) text += ":" + std::to_string(error.span.column);
    text += ": ";
  }
  text += "error";
  if (!error.code.empty()) text += " " + error.code;
  text += ": " + error.message;
  if (!error.hint.empty()) text += "\n  " + error.hint;
  return text;
}

void ensure(bool condition, std::string_view why) {
  if (condition) return;
  std::fprintf(stderr, "broken invariant: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace lupaus::rules::model
