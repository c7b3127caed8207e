// The tree of a CEL condition: made by the parser, typed and resolved by the checker, walked by the
// evaluator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/money.h"

namespace re2 {
class RE2;
}

namespace lupaus::rules::language {

enum class CelType : uint8_t { boolean, integer, real, string, money, time, duration, list };
std::string_view format_cel_type(CelType type);

/// A value while a condition is evaluated. Strings are views into the scope or the expression.
struct CelValue {
  enum class Kind : uint8_t { error, boolean, integer, real, string, money, time, duration };
  Kind kind = Kind::error;
  model::Currency currency;  ///< money
  int64_t integer = 0;       ///< boolean, integer, minor units, ms since 1970, ms
  double real = 0;
  std::string_view text;

  static CelValue boolean(bool value) {
    CelValue result;
    result.kind = Kind::boolean;
    result.integer = value ? 1 : 0;
    return result;
  }
  static CelValue string(std::string_view text) {
    CelValue result;
    result.kind = Kind::string;
    result.text = text;
    return result;
  }
  static CelValue number(Kind kind, int64_t value) {
    CelValue result;
    result.kind = kind;
    result.integer = value;
    return result;
  }
  bool is(bool wanted) const { return kind == Kind::boolean && (integer != 0) == wanted; }
};

struct CelExpression;
using CelPtr = std::unique_ptr<CelExpression>;

struct CelExpression {
  enum class Kind : uint8_t {
    // made by the parser
    constant,
    name,
    select,
    call,
    list,
    negate,
    logical_and,
    logical_or,
    logical_not,
    conditional,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    // made by the checker
    ticket_attribute,
    branch_attribute,
    event_attribute,
    branch_id,
    day_class,
    day_weekday,
    has,
    starts_with,
    ends_with,
    contains,
    size,
    matches,
  };
  Kind kind = Kind::constant;
  CelType type = CelType::boolean;
  size_t at = 0;           ///< offset of its first byte
  std::string text;        ///< name, field, function, or the string of a constant
  CelValue constant;       ///< a string's view is of `text`
  bool is_member = false;  ///< a call written `x.f()`: the first child is x
  bool is_constant_list = false;
  model::AttributeType attribute = model::AttributeType::string;
  std::vector<CelPtr> children;
  std::shared_ptr<const re2::RE2> pattern;
};

}  // namespace lupaus::rules::language
