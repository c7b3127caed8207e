#include "rules/language/cel/checker.h"

#include <map>
#include <optional>
#include <utility>

#include "rules/language/cel/checker_names.h"
#include "rules/language/cel/lexer.h"
#include "rules/language/cel/type.h"
#include "rules/language/codes.h"
#include "rules/language/suggestion.h"

namespace lupaus::rules::language::cel {
namespace {

Type of_kind(Kind kind) { return {kind, {}}; }
Type list_of(Type item) { return {Kind::list, {std::move(item)}}; }

bool is_text(const Tree& tree) {
  return tree.op == Op::constant && tree.constant.kind == Kind::string;
}

constexpr const char* kConverts =
    "write a value of the other one's type; int(…), double(…) and string(…) convert";

/// How a value that stands beside one of type `left` is written rightly.
std::string mend(Kind left, Kind right) {
  if (right == Kind::null) return "an attribute is never null; ask with has(…)";
  if ((left == Kind::integer && right == Kind::real) ||
      (left == Kind::real && right == Kind::integer)) {
    return "int and double do not mix: write 1 or 1.0, int(…) or double(…)";
  }
  if (left == Kind::string) return "write the value in quotes, or string(…)";
  if (right != Kind::string) return kConverts;
  if (left == Kind::integer) return "write the number without quotes";
  if (left == Kind::boolean) return "write true or false without quotes";
  if (left == Kind::duration) return "write duration(\"15m\")";
  if (left == Kind::timestamp) return "write timestamp(\"2026-01-05T09:00:00+02:00\")";
  if (left == Kind::money) return "write a sum as \"EUR 10.00\"";
  return kConverts;
}

class Checker {
 public:
  Checker(const model::Vocabulary& vocabulary, CelNames names, const ZoneFinder& find_zone)
      : names_(vocabulary, names), find_zone_(find_zone) {}

  model::Result<void> run(Tree& tree) {
    const Type type = check(tree);
    if (!failure_ && !fits(type, of_kind(Kind::boolean))) {
      fail(kConditionType, tree,
           "expected a condition that is true or false, but this is " + a_type(type),
           type.kind == Kind::integer || type.kind == Kind::real
               ? "compare it with a number, as in ticket.count > 0"
               : "compare it with a value, as in ticket.service == \"cash\"");
    }
    if (failure_) return *failure_;
    return {};
  }

 private:
  Type fail(std::string_view code, const Tree& tree, std::string message, std::string hint) {
    if (!failure_) failure_ = error_at(code, tree.at, std::move(message), std::move(hint));
    return {};
  }
  void need(const Tree& tree, const Type& type, Kind wanted) {
    if (fits(type, of_kind(wanted))) return;
    fail(kConditionType, tree,
         "expected " + a_type(of_kind(wanted)) + " here, but this is " + a_type(type),
         mend(wanted, type.kind));
  }

  Type check(Tree& tree) {
    if (failure_) return {};
    switch (tree.op) {
      case Op::constant:
        return of_kind(tree.constant.kind);
      case Op::name:
        return check_name(tree);
      case Op::select:
        return check_select(tree);
      case Op::index:
        return check_index(tree);
      case Op::call:
        return check_call(tree);
      case Op::list:
        return check_list(tree);
      case Op::map:
        return check_map(tree);
      case Op::negate:
        return check_negation(tree);
      case Op::logical_and:
      case Op::logical_or:
      case Op::logical_not:
        for (const TreePtr& child : tree.children) need(*child, check(*child), Kind::boolean);
        return of_kind(Kind::boolean);
      case Op::conditional:
        return check_conditional(tree);
      case Op::in:
        return check_in(tree);
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::divide:
      case Op::modulo:
        return check_arithmetic(tree);
      case Op::has:
        return check_has(tree);
      case Op::all:
      case Op::exists:
      case Op::exists_one:
      case Op::map_each:
      case Op::map_some:
      case Op::filter_each:
        return check_macro(tree);
      default:
        return check_comparison(tree);
    }
  }

  Type check_name(const Tree& tree) {
    for (size_t i = locals_.size(); i-- > 0;) {
      if (locals_[i].first == tree.text) return locals_[i].second;
    }
    if (!failure_) failure_ = names_.refuse(tree);
    return {};
  }
  bool is_local(const Tree& tree) const {
    for (const auto& [name, type] : locals_) {
      if (tree.op == Op::name && tree.text == name) return true;
    }
    return false;
  }
  Type check_select(Tree& tree) {
    Tree& root = *tree.children[0];
    if (root.op != Op::name || is_local(root)) {
      const Type type = check(root);
      if (type.is_any()) return {};
      if (type.kind == Kind::map) return check_key(tree, type, of_kind(Kind::string));
      return fail(
          kConditionType, tree,
          "expected an attribute, but " + a_type(type) + " has no field `" + tree.text + "`",
          "attributes are those of ticket, branch, event and day");
    }
    const auto resolved = names_.resolve(tree);
    if (resolved) return of_kind(*resolved);
    if (!failure_) failure_ = resolved.error();
    return {};
  }
  /// The type of the values of a map that is read by such a key.
  Type check_key(const Tree& at, const Type& map, const Type& key) {
    if (!fits(map.parts[0], key)) {
      return fail(
          kConditionType, at,
          "expected " + a_type(map.parts[0]) + " as key of this map, but this is " + a_type(key),
          mend(map.parts[0].kind, key.kind));
    }
    return map.parts[1];
  }
  Type check_index(Tree& tree) {
    const Type of = check(*tree.children[0]);
    const Type key = check(*tree.children[1]);
    if (failure_ || of.is_any()) return {};
    if (of.kind == Kind::map) return check_key(*tree.children[1], of, key);
    if (of.kind != Kind::list) {
      return fail(kConditionType, *tree.children[0],
                  "expected a list or a map before `[`, but this is " + a_type(of),
                  "compare it as it is, or write contains(…), startsWith(…) or matches(…)");
    }
    need(*tree.children[1], key, Kind::integer);
    return of.parts[0];
  }
  Type check_list(Tree& tree) {
    Type items;
    for (const TreePtr& child : tree.children) {
      const Type type = check(*child);
      if (!fits(items, type)) {
        return fail(kConditionType, *child,
                    "expected the values of a list to be of one type, but " + a_type(type) +
                        " follows " + a_type(items),
                    mend(items.kind, type.kind));
      }
      items = merged(items, type);
    }
    return list_of(std::move(items));
  }
  Type check_map(Tree& tree) {
    Type keys, values;
    for (size_t i = 0; i < tree.children.size(); ++i) {
      const Type type = check(*tree.children[i]);
      Type& known = i % 2 == 0 ? keys : values;
      const bool is_key = type.kind == Kind::string || type.kind == Kind::integer ||
                          type.kind == Kind::boolean || type.is_any();
      if (i % 2 == 0 && !is_key) {
        return fail(kConditionType, *tree.children[i],
                    "expected an int, a bool or a string as key, but this is " + a_type(type),
                    "write the key in quotes");
      }
      if (!fits(known, type)) {
        return fail(kConditionType, *tree.children[i],
                    std::string("expected the ") + (i % 2 == 0 ? "keys" : "values") +
                        " of a map to be of one type, but " + a_type(type) + " follows " +
                        a_type(known),
                    mend(known.kind, type.kind));
      }
      known = merged(known, type);
    }
    return {Kind::map, {std::move(keys), std::move(values)}};
  }
  Type check_negation(Tree& tree) {
    Tree& operand = *tree.children[0];
    Type type = check(operand);
    if (!type.is_any() && type.kind != Kind::integer && type.kind != Kind::real) {
      fail(kConditionType, operand, "expected a number after `-`, but this is " + a_type(type),
           "write `!` where `not` is meant");
    }
    return type;
  }
  Type check_conditional(Tree& tree) {
    need(*tree.children[0], check(*tree.children[0]), Kind::boolean);
    const Type first = check(*tree.children[1]);
    const Type second = check(*tree.children[2]);
    if (!fits(first, second)) {
      return fail(kConditionType, *tree.children[2],
                  "expected both sides of `:` to be of one type, but they are " + a_type(first) +
                      " and " + a_type(second),
                  mend(first.kind, second.kind));
    }
    return merged(first, second);
  }
  /// A text beside a sum is read as a sum, once and for all; whether it was one.
  bool read_sum(const Type& type, Tree& beside) {
    if (type.kind != Kind::money || !is_text(beside)) return false;
    const auto money = model::parse_money(beside.text);
    if (money) {
      beside.constant = Value::sum(*money);
    } else {
      fail(kConditionType, beside, money.error().message, mend(Kind::money, Kind::string));
    }
    return true;
  }
  Type check_in(Tree& tree) {
    Tree& among = *tree.children[1];
    const Type wanted = check(*tree.children[0]);
    Type list = check(among);
    if (failure_) return {};
    if (list.kind == Kind::map) {
      check_key(*tree.children[0], list, wanted);
      return of_kind(Kind::boolean);
    }
    if (!list.is_any() && list.kind != Kind::list) {
      return fail(kConditionType, among, "expected a list after `in`, but this is " + a_type(list),
                  "write it as in [\"cash\", \"loan\"]");
    }
    if (among.op == Op::list && list.parts[0].kind == Kind::string) {
      bool is_read = true;
      for (const TreePtr& item : among.children) is_read = read_sum(wanted, *item) && is_read;
      if (is_read) list.parts[0] = wanted;
    }
    if (!list.is_any() && !fits(list.parts[0], wanted)) {
      const Tree& named = among.children.empty() ? among : *among.children[0];
      fail(kConditionType, named,
           "expected a list of " + std::string(format_kind(wanted.kind)) +
               ", as before `in`, but its values are " +
               std::string(format_kind(list.parts[0].kind)),
           mend(wanted.kind, list.parts[0].kind));
    }
    return of_kind(Kind::boolean);
  }
  Type check_comparison(Tree& tree) {
    Tree& first = *tree.children[0];
    Tree& second = *tree.children[1];
    const Type left = check(first);
    const Type right = check(second);
    if (failure_ || read_sum(left, second) || read_sum(right, first)) {
      return of_kind(Kind::boolean);
    }
    if (!fits(left, right)) {
      const bool is_alike = left.kind == right.kind;
      return fail(
          kConditionType, second,
          is_alike ? "expected " + a_type(left) + " that holds the same types, but it does not"
                   : "expected " + a_type(left) + ", as on the left, but this is " + a_type(right),
          mend(left.kind, right.kind));
    }
    const bool is_order = tree.op != Op::equal && tree.op != Op::not_equal;
    if (is_order && !left.is_any() && !has_order(left.kind)) {
      fail(kConditionType, second,
           "expected values that have an order, but these are of type " +
               std::string(format_kind(left.kind)),
           "compare with == or !=");
    }
    return of_kind(Kind::boolean);
  }
  Type check_arithmetic(Tree& tree) {
    const Type left = check(*tree.children[0]);
    const Type right = check(*tree.children[1]);
    if (failure_) return {};
    bool is_known = true;
    Type type = operator_type(tree.op, left, right, is_known);
    if (is_known) return type;
    const bool is_money = left.kind == Kind::money || right.kind == Kind::money;
    return fail(kConditionType, tree,
                "expected types that this operator takes, but these are " + a_type(left) + " and " +
                    a_type(right),
                is_money ? "sums are compared with sums, as in ticket.fare >= \"EUR 10.00\""
                         : mend(left.kind, right.kind));
  }
  Type check_has(Tree& tree) {
    Tree& selection = *tree.children[0];
    check(selection);
    return of_kind(Kind::boolean);
  }
  Type check_macro(Tree& tree) {
    const Type range = check(*tree.children[0]);
    if (failure_) return {};
    if (!range.is_any() && range.kind != Kind::list && range.kind != Kind::map) {
      return fail(kConditionType, *tree.children[0],
                  "expected a list or a map here, but this is " + a_type(range),
                  "write it as [\"cash\", \"loan\"].exists(x, x == ticket.service)");
    }
    const Type item = range.is_any() ? Type{} : range.parts[0];
    locals_.emplace_back(tree.text, item);
    Type last;
    for (size_t i = 1; i < tree.children.size(); ++i) {
      last = check(*tree.children[i]);
      const bool is_transform =
          i + 1 == tree.children.size() && (tree.op == Op::map_each || tree.op == Op::map_some);
      if (!is_transform) need(*tree.children[i], last, Kind::boolean);
    }
    locals_.pop_back();
    if (tree.op == Op::map_each || tree.op == Op::map_some) return list_of(std::move(last));
    return tree.op == Op::filter_each ? list_of(item) : of_kind(Kind::boolean);
  }

  Type check_call(Tree& tree) {
    const Function* function = find_function(tree.text, tree.is_member, tree.children.size());
    if (function == nullptr) {
      if (!failure_) failure_ = names_.refuse_function(tree);
      return {};
    }
    for (size_t i = 0; i < tree.children.size(); ++i) {
      const Type type = check(*tree.children[i]);
      if (failure_) return {};
      if (i > 0) {
        need(*tree.children[i], type, Kind::string);
      } else if (!takes(*function, type.kind)) {
        return fail(kConditionType, *tree.children[0],
                    "expected a value that " + tree.text + "(…) takes, but this is " + a_type(type),
                    kConverts);
      }
    }
    if (auto refused = check_constants(tree, *function, find_zone_); refused && !failure_)
      failure_ = refused;
    return of_kind(result_of(*function));
  }

  const CheckerNames names_;
  const ZoneFinder& find_zone_;
  std::vector<std::pair<std::string, Type>> locals_;
  std::optional<model::Error> failure_;
};

}  // namespace

model::Result<void> check(Tree& tree, const model::Vocabulary& vocabulary, CelNames names,
                          const ZoneFinder& find_zone) {
  return Checker(vocabulary, names, find_zone).run(tree);
}

}  // namespace lupaus::rules::language::cel
