// The macros over lists and the keys of maps: all, exists, exists_one, map and filter.
#include "rules/language/cel/evaluator.h"

namespace lupaus::rules::language::cel {
namespace {

const Value& item_of(const Value& range, size_t place) {
  return range.kind == Kind::map ? range.entries[place].key : range.items[place];
}

}  // namespace

Value Evaluator::macro(const Node& node) {
  const Value range = value(child(node, 0));
  if (range.is_error()) return range;
  if (range.kind != Kind::list && range.kind != Kind::map) {
    return Value::fail(Fault::wrong_type, node.at, range.kind);
  }
  if (node.op == Op::all || node.op == Op::exists) return fold(node, range);
  if (node.op == Op::exists_one) return exactly_one(node, range);
  return transform(node, range);
}

/// As && or || over the items: errors are absorbed by an item that decides.
Value Evaluator::fold(const Node& node, const Value& range) {
  const bool deciding = node.op == Op::exists;
  const Node& predicate = child(node, 1);
  Value result = Value::boolean(!deciding);
  for (size_t i = 0; i < range.count; ++i) {
    locals_[node.slot] = item_of(range, i);
    const Value found = value(predicate);
    if (found.is(deciding)) return found;
    if (steps_.is_spent()) return Value::fail(Fault::too_many_steps, node.at);
    if (found.kind == Kind::boolean || result.is_error()) continue;
    result = found.is_error() ? found : Value::fail(Fault::not_boolean, predicate.at, found.kind);
  }
  return result;
}

Value Evaluator::exactly_one(const Node& node, const Value& range) {
  size_t count = 0;
  for (size_t i = 0; i < range.count; ++i) {
    locals_[node.slot] = item_of(range, i);
    const Value found = value(child(node, 1));
    if (found.is_error()) return found;
    if (found.kind != Kind::boolean) {
      return Value::fail(Fault::not_boolean, child(node, 1).at, found.kind);
    }
    count += found.integer != 0 ? 1 : 0;
  }
  return Value::boolean(count == 1);
}

Value Evaluator::transform(const Node& node, const Value& range) {
  if (!steps_.spend(range.count)) return Value::fail(Fault::too_many_steps, node.at);
  const std::span<Value> items = arena_.make<Value>(range.count);
  size_t count = 0;
  for (size_t i = 0; i < range.count; ++i) {
    const Value item = item_of(range, i);
    locals_[node.slot] = item;
    if (node.op != Op::map_each) {
      const Value found = value(child(node, 1));
      if (found.is_error()) return found;
      if (found.kind != Kind::boolean) {
        return Value::fail(Fault::not_boolean, child(node, 1).at, found.kind);
      }
      if (found.integer == 0) continue;
    }
    items[count] = node.op == Op::filter_each ? item : value(child(node, node.count - 1));
    if (items[count].is_error()) return items[count];
    ++count;
  }
  return make_list(items.first(count), node.at);
}

}  // namespace lupaus::rules::language::cel
