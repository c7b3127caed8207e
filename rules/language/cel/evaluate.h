// Expressions outside promises: parsed once, evaluated with named values, without a vocabulary.
// Types are checked as the values come, as CEL without its checker does.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/cel/program.h"
#include "rules/language/cel/value.h"
#include "rules/model/result.h"

namespace lupaus::rules::language::cel {

class Expression {
 public:
  /// `names` are what the expression may read; others are errors when it is evaluated. Errors have
  /// code, line and column (from 1).
  static model::Result<Expression> compile(std::string_view text, std::vector<std::string> names);

  /// `values` in the order of the names. Texts, lists and maps of the result are views of the
  /// values, the arena and this expression. An error names line and column and how to mend it.
  model::Result<Value> evaluate(std::span<const Value> values, Arena& arena) const;

 private:
  Expression(std::string_view text, std::vector<std::string> names, Program program);

  std::string text_;
  std::vector<std::string> names_;
  Program program_;
};

}  // namespace lupaus::rules::language::cel
