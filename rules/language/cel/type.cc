#include "rules/language/cel/type.h"

namespace lupaus::rules::language::cel {
namespace {

struct Overload {
  Op op;
  Kind left, right, result;
};
constexpr Overload kOverloads[] = {
    {Op::add, Kind::timestamp, Kind::duration, Kind::timestamp},
    {Op::add, Kind::duration, Kind::timestamp, Kind::timestamp},
    {Op::add, Kind::duration, Kind::duration, Kind::duration},
    {Op::add, Kind::string, Kind::string, Kind::string},
    {Op::add, Kind::list, Kind::list, Kind::list},
    {Op::subtract, Kind::timestamp, Kind::timestamp, Kind::duration},
    {Op::subtract, Kind::timestamp, Kind::duration, Kind::timestamp},
    {Op::subtract, Kind::duration, Kind::duration, Kind::duration},
};

bool is_calculated(Op op, Kind left, Kind right) {
  if (left != right) return false;
  return left == Kind::integer || (left == Kind::real && op != Op::modulo);
}

}  // namespace

std::string a_type(const Type& type) {
  if (type.is_any()) return "a value";
  return (type.kind == Kind::integer ? "an " : "a ") + std::string(format_kind(type.kind));
}

bool fits(const Type& left, const Type& right) {
  if (left.is_any() || right.is_any()) return true;
  if (left.kind != right.kind) return false;
  for (size_t i = 0; i < left.parts.size() && i < right.parts.size(); ++i) {
    if (!fits(left.parts[i], right.parts[i])) return false;
  }
  return true;
}

Type merged(const Type& left, const Type& right) {
  if (left.is_any()) return right;
  if (right.is_any()) return left;
  Type type{left.kind, {}};
  for (size_t i = 0; i < left.parts.size() && i < right.parts.size(); ++i) {
    type.parts.push_back(merged(left.parts[i], right.parts[i]));
  }
  return type;
}

Type operator_type(Op op, const Type& left, const Type& right, bool& is_known) {
  is_known = true;
  if (left.is_any() || right.is_any()) return {};
  if (is_calculated(op, left.kind, right.kind)) return left;
  for (const Overload& overload : kOverloads) {
    if (overload.op != op || overload.left != left.kind || overload.right != right.kind) continue;
    if (overload.result != Kind::list) return {overload.result, {}};
    is_known = fits(left, right);
    return is_known ? merged(left, right) : left;
  }
  is_known = false;
  return {};
}

bool has_order(Kind kind) { return kind != Kind::null && kind != Kind::list && kind != Kind::map; }

bool takes(const Function& function, Kind kind) {
  if (kind == Kind::error) return true;
  switch (function.kind) {
    case FunctionKind::size:
      return kind == Kind::string || kind == Kind::list || kind == Kind::map;
    case FunctionKind::time_field: {
      const bool is_length =
          function.field == TimeField::hours || function.field == TimeField::minutes ||
          function.field == TimeField::seconds || function.field == TimeField::milliseconds;
      return kind == Kind::timestamp || (kind == Kind::duration && is_length);
    }
    case FunctionKind::conversion:
      break;
    default:
      return kind == Kind::string;
  }
  if (kind == function.target || kind == Kind::string) return true;
  switch (function.target) {
    case Kind::integer:
      return kind == Kind::real || kind == Kind::timestamp;
    case Kind::real:
    case Kind::timestamp:
      return kind == Kind::integer;
    case Kind::string:
      return kind != Kind::null && kind != Kind::list && kind != Kind::map;
    default:
      return false;
  }
}

Kind result_of(const Function& function) {
  switch (function.kind) {
    case FunctionKind::size:
    case FunctionKind::time_field:
      return Kind::integer;
    case FunctionKind::conversion:
      return function.target;
    default:
      return Kind::boolean;
  }
}

}  // namespace lupaus::rules::language::cel
