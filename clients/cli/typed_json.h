// Values of CEL as JSON that keeps their types: {"int":"1"}, {"list":[{"bool":true}]},
// {"duration":"1.5s"}, {"map":[[key,value]]}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/language/cel/value.h"
#include "rules/model/result.h"

namespace lupaus::clients::cli {

struct Bindings {
  std::vector<std::string> names;
  std::vector<rules::language::cel::Value> values;  ///< as many; views of the arena
};

/// `{"x":{"int":"1"}}`: a typed value for each name.
rules::model::Result<Bindings> read_bindings(std::string_view json,
                                             rules::language::cel::Arena& arena);
/// One typed value.
rules::model::Result<rules::language::cel::Value> read_typed(std::string_view json,
                                                             rules::language::cel::Arena& arena);
/// On one line; maps ascend by key. Precondition: no error.
std::string write_typed(const rules::language::cel::Value& value);

}  // namespace lupaus::clients::cli
