// `filter`: a CEL expression over one verdict line.
#pragma once

#include <memory>
#include <string>

#include "rules/model/result.h"
#include "server/api/line_values.h"

namespace lupaus::server::api {

/// Immutable once compiled; any thread.
class LineCondition {
 public:
  /// The empty text matches everything. What can be told before a line is read is an error that
  /// says where: syntax, unknown names, types that never fit, a value that is no bool.
  static rules::model::Result<LineCondition> compile(const std::string& text);

  /// False also where the expression is an error for this line: it reads what the line has not.
  bool has(const rules::model::VerdictLine& line, const BranchZones& zones) const;
  bool is_everything() const { return expression_ == nullptr; }

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> expression_;
};

}  // namespace lupaus::server::api
