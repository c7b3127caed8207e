// The tree of an expression: made by the parser, resolved by the checker where there is a
// vocabulary, flattened by the program. Never deeper than kTreeHeightMax.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/cel/value.h"
#include "rules/model/book.h"
#include "rules/model/result.h"

namespace lupaus::rules::language::cel {

enum class Op : uint8_t {
  // What the parser makes. Children are in the order of the text.
  constant,
  name,
  select,  ///< child.text
  index,   ///< child[child]
  call,    ///< text(children); a member call has the value before the dot as its first child
  list,
  map,  ///< children in pairs: key, value
  negate,
  logical_not,
  logical_and,  ///< two or more children, as logical_or
  logical_or,
  conditional,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  has,  ///< the child is a select
  // Macros: `text` names the variable; children are the range, the predicate, the transform.
  all,
  exists,
  exists_one,
  map_each,  ///< map(x, t)
  map_some,  ///< map(x, p, t)
  filter_each,
  // What the checker makes of names.
  ticket_attribute,
  branch_attribute,
  event_attribute,
  branch_id,
  day_class,
  day_weekday,
  // What the program makes.
  local,
  binding,
  has_attribute,
  in_texts,          ///< `in` a constant list of texts, ascending
  constant_pattern,  ///< matches() of a constant pattern
  constant_zone,     ///< a timestamp's field in a constant zone
};

struct Tree;
using TreePtr = std::unique_ptr<Tree>;

struct Tree {
  Op op = Op::constant;
  bool is_member = false;  ///< a call written x.f()
  model::AttributeType attribute = model::AttributeType::string;
  uint32_t at = 0;  ///< the byte that errors name: an operator's own, else the first
  uint32_t height = 1;
  std::string text;  ///< name, field, function, variable, or the text of a constant
  Value constant;    ///< a string's view is of `text`
  std::vector<TreePtr> children;
};

/// WHY: an expression that is longer, or nested deeper, is no rule that a person can read, and
/// everything that walks a tree does so by recursion.
inline constexpr size_t kExpressionBytesMax = 65'536;
inline constexpr int kNestingMax = 100;
inline constexpr uint32_t kTreeHeightMax = 200;

/// The tree of a text. Errors carry the offset in span.column (see error_at).
model::Result<TreePtr> parse(std::string_view text);

}  // namespace lupaus::rules::language::cel
