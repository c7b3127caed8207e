// The values of CEL while an expression is evaluated: sixteen bytes each, copied freely. Texts,
// lists and maps are views of memory that the scope, the compiled expression or an Arena owns.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/language/cel/arena.h"
#include "rules/model/money.h"

namespace lupaus::rules::language::cel {

enum class Kind : uint8_t {
  error,
  null,
  boolean,
  integer,
  real,
  string,
  money,  ///< not of CEL: a sum with its currency, which can be compared
  timestamp,
  duration,
  list,
  map
};
/// "bool", "int", "double" …; "time" for a timestamp, as vocabularies call it.
std::string_view format_kind(Kind kind);

/// Why a value is an error.
enum class Fault : uint8_t {
  absent,  ///< an attribute that nobody sent
  unreadable,
  unknown_name,
  unknown_function,
  wrong_type,
  not_boolean,
  overflow,
  division_by_zero,
  bad_index,
  missing_key,
  no_fields,
  bad_key,
  repeated_key,
  bad_conversion,
  out_of_range,
  bad_pattern,
  unknown_zone,
  two_currencies,
  too_deep,
  too_many_steps
};

struct Entry;

struct Value {
  Kind kind = Kind::error;
  model::Currency currency;  ///< money
  /// Bytes of a string, items of a list, entries of a map, nanoseconds of a timestamp, the place of
  /// an error.
  uint32_t count = 0;
  union {
    int64_t integer = 0;  ///< boolean, integer, minor units, Unix seconds, nanoseconds
    double real;
    const char* bytes;
    const Value* items;
    const Entry* entries;  ///< ascending by key
  };

  static Value of(Kind kind, int64_t integer, uint32_t count = 0) {
    Value value;
    value.kind = kind;
    value.count = count;
    value.integer = integer;
    return value;
  }
  static Value null() { return of(Kind::null, 0); }
  static Value boolean(bool is_true) { return of(Kind::boolean, is_true ? 1 : 0); }
  static Value number(int64_t integer) { return of(Kind::integer, integer); }
  static Value number(double real) {
    Value value;
    value.kind = Kind::real;
    value.real = real;
    return value;
  }
  static Value string(std::string_view text) {
    Value value;
    value.kind = Kind::string;
    value.count = static_cast<uint32_t>(text.size());
    value.bytes = text.data();
    return value;
  }
  static Value sum(model::Money money) {
    Value value = of(Kind::money, money.minor);
    value.currency = money.currency;
    return value;
  }
  /// An error at the byte `at` of the expression; `left` and `right` are what did not fit.
  static Value fail(Fault fault, uint32_t at, Kind left = Kind::error, Kind right = Kind::error) {
    return of(Kind::error,
              static_cast<int64_t>(fault) | static_cast<int64_t>(left) << 8 |
                  static_cast<int64_t>(right) << 16,
              at);
  }

  bool is_error() const { return kind == Kind::error; }
  bool is(bool wanted) const { return kind == Kind::boolean && (integer != 0) == wanted; }
  std::string_view text() const { return {bytes, count}; }
  std::span<const Value> list() const { return {items, count}; }
  std::span<const Entry> map() const;
  model::Money money() const { return {currency, integer}; }
  Fault fault() const { return static_cast<Fault>(integer & 0xFF); }
  Kind fault_left() const { return static_cast<Kind>(integer >> 8 & 0xFF); }
  Kind fault_right() const { return static_cast<Kind>(integer >> 16 & 0xFF); }
};
static_assert(sizeof(Value) == 16);

struct Entry {
  Value key;
  Value value;
};
inline std::span<const Entry> Value::map() const { return {entries, count}; }

/// How much work an evaluation may still do. Once it is spent the whole evaluation is an error.
class Steps {
 public:
  explicit Steps(int64_t left) : left_(left) {}
  bool spend(size_t count = 1) {
    left_ -= static_cast<int64_t>(count);
    return left_ >= 0;
  }
  bool is_spent() const { return left_ < 0; }

 private:
  int64_t left_;
};

/// A list of the items, which must live as long as the list. Too deep ones are errors at `at`.
Value make_list(std::span<const Value> items, uint32_t at = 0);
/// A map of the entries, which it sorts and which must live as long as the map. A key that is no
/// int, bool or string, or comes twice, is an error at `at`.
Value make_map(std::span<Entry> entries, uint32_t at = 0);

/// == of CEL: unlike types are unequal, int and double are one number line. Neither is an error.
bool is_equal(const Value& left, const Value& right, Steps& steps);
/// < of CEL: nullopt where the types have no order among each other.
std::optional<std::partial_ordering> order_of(const Value& left, const Value& right);

/// The entry with that key (an int or double by its number), or nullptr.
const Entry* find_entry(const Value& map, const Value& key);
/// The int that a double is, nullopt when it is none.
std::optional<int64_t> exact_integer(double real);

/// What the error says: "expected X, but Y"; `expression` is what was evaluated.
std::string fault_message(const Value& error, std::string_view expression);
/// The name that stands at the byte `at`; may be "".
std::string name_at(std::string_view expression, size_t at);
/// How to mend it; may be "".
std::string fault_hint(const Value& error);

}  // namespace lupaus::rules::language::cel
