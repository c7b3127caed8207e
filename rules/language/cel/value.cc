#include "rules/language/cel/value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lupaus::rules::language::cel {
namespace {

// WHY: comparing and printing walk a value by recursion; deeper ones could exhaust the stack.
constexpr int kValueDepthMax = 100;

/// A list or map has no currency; its depth stands there.
int depth_of(const Value& value) {
  const bool has_depth = value.kind == Kind::list || value.kind == Kind::map;
  return has_depth ? static_cast<unsigned char>(value.currency.code[0]) : 0;
}

Value with_depth(Value value, int depth, uint32_t at) {
  if (depth > kValueDepthMax) return Value::fail(Fault::too_deep, at);
  value.currency.code[0] = static_cast<char>(depth);
  return value;
}

std::strong_ordering key_order(const Value& left, const Value& right) {
  if (left.kind != right.kind) return left.kind <=> right.kind;
  if (left.kind == Kind::string) return left.text() <=> right.text();
  return left.integer <=> right.integer;
}

bool is_less(const Entry& left, const Entry& right) { return key_order(left.key, right.key) < 0; }

/// The sum that a text compared with a sum names.
std::optional<model::Money> read_sum(const Value& value) {
  if (value.kind == Kind::money) return value.money();
  if (value.kind != Kind::string) return std::nullopt;
  const auto money = model::parse_money(value.text());
  if (!money) return std::nullopt;
  return *money;
}

bool is_equal_text(std::string_view left, std::string_view right, Steps& steps) {
  if (left.size() != right.size()) return false;
  if (left.size() > 64) steps.spend(left.size() / 64);
  return left == right;
}

bool is_equal_list(const Value& left, const Value& right, Steps& steps) {
  if (left.count != right.count) return false;
  for (size_t i = 0; i < left.count; ++i) {
    if (!steps.spend() || !is_equal(left.items[i], right.items[i], steps)) return false;
  }
  return true;
}

bool is_equal_map(const Value& left, const Value& right, Steps& steps) {
  if (left.count != right.count) return false;
  for (size_t i = 0; i < left.count; ++i) {
    const Entry& entry = left.entries[i];
    // Both ascend by key, and no key comes twice.
    const Entry& other = right.entries[i];
    if (!steps.spend() || !is_equal(entry.key, other.key, steps)) return false;
    if (!is_equal(entry.value, other.value, steps)) return false;
  }
  return true;
}

bool is_equal_unlike(const Value& left, const Value& right) {
  if (left.kind == Kind::integer && right.kind == Kind::real) {
    return static_cast<double>(left.integer) == right.real;
  }
  if (left.kind == Kind::real && right.kind == Kind::integer) {
    return left.real == static_cast<double>(right.integer);
  }
  if (left.kind == Kind::money || right.kind == Kind::money) {
    const auto first = read_sum(left);
    const auto second = read_sum(right);
    return first && second && *first == *second;
  }
  return false;
}

}  // namespace

std::string_view format_kind(Kind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {"error",    "null",   "bool",  "int",
                                                              "double",   "string", "money", "time",
                                                              "duration", "list",   "map"};
  return kNames[static_cast<size_t>(kind)];
}

Value make_list(std::span<const Value> items, uint32_t at) {
  Value list = Value::of(Kind::list, 0, static_cast<uint32_t>(items.size()));
  list.items = items.data();
  int depth = 0;
  for (const Value& item : items) depth = std::max(depth, depth_of(item));
  return with_depth(list, depth + 1, at);
}

Value make_map(std::span<Entry> entries, uint32_t at) {
  int depth = 0;
  for (const Entry& entry : entries) {
    const Kind kind = entry.key.kind;
    if (kind != Kind::string && kind != Kind::integer && kind != Kind::boolean) {
      return Value::fail(Fault::bad_key, at, kind);
    }
    depth = std::max(depth, depth_of(entry.value));
  }
  std::sort(entries.begin(), entries.end(), is_less);
  for (size_t i = 1; i < entries.size(); ++i) {
    if (key_order(entries[i - 1].key, entries[i].key) == 0) {
      return Value::fail(Fault::repeated_key, at);
    }
  }
  Value map = Value::of(Kind::map, 0, static_cast<uint32_t>(entries.size()));
  map.entries = entries.data();
  return with_depth(map, depth + 1, at);
}

bool is_equal(const Value& left, const Value& right, Steps& steps) {
  if (left.kind != right.kind) return is_equal_unlike(left, right);
  switch (left.kind) {
    case Kind::string:
      return is_equal_text(left.text(), right.text(), steps);
    case Kind::real:
      return left.real == right.real;
    case Kind::list:
      return is_equal_list(left, right, steps);
    case Kind::map:
      return is_equal_map(left, right, steps);
    case Kind::timestamp:
      return left.integer == right.integer && left.count == right.count;
    case Kind::money:
      return left.integer == right.integer && left.currency == right.currency;
    case Kind::error:
      return false;
    default:
      return left.integer == right.integer;
  }
}

std::optional<std::partial_ordering> order_of(const Value& left, const Value& right) {
  if (left.kind == Kind::money || right.kind == Kind::money) {
    const auto first = read_sum(left);
    const auto second = read_sum(right);
    if (!first || !second || first->currency != second->currency) return std::nullopt;
    return first->minor <=> second->minor;
  }
  if (left.kind != right.kind) {
    if (left.kind == Kind::integer && right.kind == Kind::real) {
      return static_cast<double>(left.integer) <=> right.real;
    }
    if (left.kind == Kind::real && right.kind == Kind::integer) {
      return left.real <=> static_cast<double>(right.integer);
    }
    return std::nullopt;
  }
  switch (left.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::duration:
      return left.integer <=> right.integer;
    case Kind::real:
      return left.real <=> right.real;
    case Kind::string:
      return left.text() <=> right.text();
    case Kind::timestamp:
      if (left.integer != right.integer) return left.integer <=> right.integer;
      return left.count <=> right.count;
    default:
      return std::nullopt;
  }
}

std::optional<int64_t> exact_integer(double real) {
  // Strictly between the bounds of 64 bits, which are doubles themselves.
  if (!(real > -9223372036854775808.0 && real < 9223372036854775808.0)) return std::nullopt;
  if (std::trunc(real) != real) return std::nullopt;
  return static_cast<int64_t>(real);
}

const Entry* find_entry(const Value& map, const Value& key) {
  Entry wanted;
  wanted.key = key;
  if (key.kind == Kind::real) {
    const auto integer = exact_integer(key.real);
    if (!integer) return nullptr;
    wanted.key = Value::number(*integer);
  }
  const std::span<const Entry> entries = map.map();
  const auto found = std::lower_bound(entries.begin(), entries.end(), wanted, is_less);
  if (found == entries.end() || is_less(wanted, *found)) return nullptr;
  return &*found;
}

}  // namespace lupaus::rules::language::cel
