// Collects what is wrong with a book. Owned by one compilation; sorted by file and place at its
// end.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/codes.h"
#include "rules/language/compile.h"

namespace lupaus::rules::language {

class Diagnostics {
 public:
  void error(std::string_view code, model::Span span, std::string message, std::string hint);
  void warning(std::string_view code, model::Span span, std::string message, std::string hint);
  void add(model::Error error);

  bool has_errors() const { return error_count_ != 0; }
  size_t error_count() const { return error_count_; }

  /// Everything told so far: files in the order given, then by line and column. Leaves the
  /// collector empty.
  std::vector<Diagnostic> take(std::span<const model::SourceFile> files);

 private:
  std::vector<Diagnostic> list_;
  size_t error_count_ = 0;
};

}  // namespace lupaus::rules::language
