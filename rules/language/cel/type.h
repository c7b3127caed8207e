// The static types of expressions, with what lists and maps hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/language/cel/functions.h"
#include "rules/language/cel/tree.h"

namespace lupaus::rules::language::cel {

struct Type {
  Kind kind = Kind::error;  ///< error: not known, as the items of []
  std::vector<Type> parts;  ///< of a list its items'; of a map its keys' and its values'

  bool is_any() const { return kind == Kind::error; }
};

/// "an int", "a list".
std::string a_type(const Type& type);

/// Whether both may be one type; what is not known fits everything.
bool fits(const Type& left, const Type& right);
/// The type that both are, taking from each what it knows. Precondition: they fit.
Type merged(const Type& left, const Type& right);

/// The type of `left op right` for + - * / %; nullptr-kind (any) where a side is not known. Sets
/// `is_known` to false where the operator does not take these types.
Type operator_type(Op op, const Type& left, const Type& right, bool& is_known);

/// Whether values of the type have an order among each other.
bool has_order(Kind kind);

/// Whether the function takes a value of that type as its first.
bool takes(const Function& function, Kind kind);
/// What it gives.
Kind result_of(const Function& function);

}  // namespace lupaus::rules::language::cel
