#include "rules/language/cel/evaluator.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "rules/calendar/zone.h"
#include "rules/language/cel/arithmetic.h"
#include "rules/model/instant.h"

namespace lupaus::rules::language::cel {
namespace {

std::optional<Value> read_integer(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Value::number(number);
}

std::optional<Value> read_attribute(model::AttributeType type, std::string_view text) {
  switch (type) {
    case model::AttributeType::string:
      return Value::string(text);
    case model::AttributeType::boolean:
      if (text == "true" || text == "false") return Value::boolean(text == "true");
      return std::nullopt;
    case model::AttributeType::integer:
      return read_integer(text);
    case model::AttributeType::money: {
      const auto money = model::parse_money(text);
      return money ? std::optional(Value::sum(*money)) : std::nullopt;
    }
    case model::AttributeType::time: {
      const auto instant = model::parse_instant(text);
      return instant ? timestamp_of_ms(model::to_unix_ms(*instant)) : std::nullopt;
    }
    case model::AttributeType::duration: {
      const auto duration = model::parse_duration(text);
      return duration ? duration_of_ms(duration->count()) : std::nullopt;
    }
  }
  return std::nullopt;
}

size_t count_code_points(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Value Evaluator::value(const Node& node) {
  if (!steps_.spend()) return Value::fail(Fault::too_many_steps, node.at);
  switch (node.op) {
    case Op::constant:
      return node.constant;
    case Op::local:
      return locals_[node.slot];
    case Op::binding:
      return bindings_[node.slot];
    case Op::name:
      return Value::fail(Fault::unknown_name, node.at);
    case Op::ticket_attribute:
    case Op::branch_attribute:
    case Op::event_attribute:
      return attribute(node, node.op);
    case Op::branch_id:
      return Value::string(scope_->branch_id);
    case Op::day_class:
      return Value::string(scope_->day_class);
    case Op::day_weekday:
      if (scope_->day_weekday == 0) return Value::fail(Fault::absent, node.at);
      return Value::number(int64_t{scope_->day_weekday});
    case Op::has_attribute:
      return Value::boolean(model::find_attribute(attributes(child(node, 0).op),
                                                  child(node, 0).constant.text()) != nullptr);
    case Op::in_texts:
      return in_texts(node);
    case Op::logical_and:
      return absorb(node, false);
    case Op::logical_or:
      return absorb(node, true);
    case Op::logical_not:
    case Op::negate:
      return negation(node);
    case Op::conditional:
      return conditional(node);
    case Op::list:
      return list(node);
    case Op::map:
      return map(node);
    case Op::select:
      return select(node);
    case Op::index:
      return index(node);
    case Op::has:
      return has(node);
    case Op::call:
      return call(node);
    case Op::constant_pattern:
      return constant_pattern(node);
    case Op::constant_zone:
      return constant_zone(node);
    case Op::all:
    case Op::exists:
    case Op::exists_one:
    case Op::map_each:
    case Op::map_some:
    case Op::filter_each:
      return macro(node);
    default:
      return binary(node);
  }
}

std::span<const model::Attribute> Evaluator::attributes(Op op) const {
  if (op == Op::ticket_attribute) return scope_->ticket;
  return op == Op::branch_attribute ? scope_->branch : scope_->event;
}

Value Evaluator::attribute(const Node& node, Op op) const {
  const model::Attribute* found = model::find_attribute(attributes(op), node.constant.text());
  if (found == nullptr) return Value::fail(Fault::absent, node.at);
  if (node.attribute == model::AttributeType::string) return Value::string(found->value);
  const auto read = read_attribute(node.attribute, found->value);
  return read ? *read : Value::fail(Fault::unreadable, node.at);
}

Value Evaluator::absorb(const Node& node, bool deciding) {
  Value error = Value::boolean(!deciding);
  for (const Node& operand : children(node)) {
    const Value found = value(operand);
    if (found.is(deciding)) return found;
    if (found.kind == Kind::boolean || error.is_error()) continue;
    error = found.is_error() ? found : Value::fail(Fault::not_boolean, operand.at, found.kind);
  }
  return error;
}

Value Evaluator::negation(const Node& node) {
  const Value operand = value(child(node, 0));
  if (operand.is_error()) return operand;
  if (node.op == Op::negate) return negate(operand, node.at);
  if (operand.kind != Kind::boolean) return Value::fail(Fault::not_boolean, node.at, operand.kind);
  return Value::boolean(operand.integer == 0);
}

Value Evaluator::conditional(const Node& node) {
  const Value condition = value(child(node, 0));
  if (condition.is_error()) return condition;
  if (condition.kind != Kind::boolean) {
    return Value::fail(Fault::not_boolean, node.at, condition.kind);
  }
  return value(child(node, condition.integer != 0 ? 1 : 2));
}

Value Evaluator::binary(const Node& node) {
  const Value left = value(child(node, 0));
  if (left.is_error()) return left;
  const Value right = value(child(node, 1));
  if (right.is_error()) return right;
  switch (node.op) {
    case Op::equal:
      return Value::boolean(is_equal(left, right, steps_));
    case Op::not_equal:
      return Value::boolean(!is_equal(left, right, steps_));
    case Op::in:
      return membership(node, left, right);
    case Op::add:
      if (left.kind == Kind::string) steps_.spend((left.count + size_t{right.count}) / 16);
      if (left.kind == Kind::list) steps_.spend(left.count + size_t{right.count});
      if (steps_.is_spent()) return Value::fail(Fault::too_many_steps, node.at);
      return add(left, right, arena_, node.at);
    case Op::subtract:
      return subtract(left, right, node.at);
    case Op::multiply:
      return multiply(left, right, node.at);
    case Op::divide:
      return divide(left, right, node.at);
    case Op::modulo:
      return modulo(left, right, node.at);
    default:
      return comparison(node, left, right);
  }
}

Value Evaluator::comparison(const Node& node, const Value& left, const Value& right) const {
  if (left.kind == Kind::string) steps_.spend(left.count / 64);
  const auto order = order_of(left, right);
  if (!order) {
    const bool is_money = left.kind == Kind::money || right.kind == Kind::money;
    return Value::fail(is_money ? Fault::two_currencies : Fault::wrong_type, node.at, left.kind,
                       right.kind);
  }
  switch (node.op) {
    case Op::less:
      return Value::boolean(*order < 0);
    case Op::less_equal:
      return Value::boolean(*order <= 0);
    case Op::greater:
      return Value::boolean(*order > 0);
    default:
      return Value::boolean(*order >= 0);
  }
}

Value Evaluator::membership(const Node& node, const Value& wanted, const Value& among) {
  if (among.kind == Kind::map) return Value::boolean(find_entry(among, wanted) != nullptr);
  if (among.kind != Kind::list) {
    return Value::fail(Fault::wrong_type, node.at, wanted.kind, among.kind);
  }
  for (const Value& item : among.list()) {
    if (!steps_.spend()) return Value::fail(Fault::too_many_steps, node.at);
    if (is_equal(wanted, item, steps_)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value Evaluator::in_texts(const Node& node) {
  const Value wanted = value(child(node, 0));
  if (wanted.kind == Kind::money) return membership(node, wanted, node.constant);
  if (wanted.kind != Kind::string) return wanted.is_error() ? wanted : Value::boolean(false);
  const std::span<const Value> texts = node.constant.list();
  constexpr size_t kFew = 12;
  if (texts.size() <= kFew) {
    for (const Value& text : texts) {
      if (text.text() == wanted.text()) return Value::boolean(true);
    }
    return Value::boolean(false);
  }
  return Value::boolean(std::binary_search(
      texts.begin(), texts.end(), wanted,
      [](const Value& left, const Value& right) { return left.text() < right.text(); }));
}

Value Evaluator::list(const Node& node) {
  const std::span<Value> items = arena_.make<Value>(node.count);
  for (uint32_t i = 0; i < node.count; ++i) {
    items[i] = value(child(node, i));
    if (items[i].is_error()) return items[i];
  }
  return make_list(items, node.at);
}

Value Evaluator::map(const Node& node) {
  const std::span<Entry> entries = arena_.make<Entry>(node.count / 2);
  for (uint32_t i = 0; i < node.count; i += 2) {
    Entry& entry = entries[i / 2];
    entry.key = value(child(node, i));
    if (entry.key.is_error()) return entry.key;
    entry.value = value(child(node, i + 1));
    if (entry.value.is_error()) return entry.value;
  }
  return make_map(entries, node.at);
}

Value Evaluator::select(const Node& node) {
  const Value of = value(child(node, 0));
  if (of.is_error()) return of;
  if (of.kind != Kind::map) return Value::fail(Fault::no_fields, node.at, of.kind);
  const Entry* entry = find_entry(of, node.constant);
  return entry == nullptr ? Value::fail(Fault::missing_key, node.at) : entry->value;
}

Value Evaluator::index(const Node& node) {
  const Value of = value(child(node, 0));
  if (of.is_error()) return of;
  const Value key = value(child(node, 1));
  if (key.is_error()) return key;
  if (of.kind == Kind::map) {
    const bool is_key = key.kind == Kind::string || key.kind == Kind::integer ||
                        key.kind == Kind::boolean || key.kind == Kind::real;
    if (!is_key) return Value::fail(Fault::bad_key, node.at, key.kind);
    const Entry* entry = find_entry(of, key);
    return entry == nullptr ? Value::fail(Fault::missing_key, node.at) : entry->value;
  }
  if (of.kind != Kind::list || (key.kind != Kind::integer && key.kind != Kind::real)) {
    return Value::fail(Fault::wrong_type, node.at, of.kind, key.kind);
  }
  const auto place =
      key.kind == Kind::integer ? std::optional(key.integer) : exact_integer(key.real);
  if (!place || *place < 0 || *place >= int64_t{of.count}) {
    return Value::fail(Fault::bad_index, node.at);
  }
  return of.items[*place];
}

Value Evaluator::has(const Node& node) {
  const Node& selection = child(node, 0);
  const Value of = value(child(selection, 0));
  if (of.is_error()) return of;
  if (of.kind != Kind::map) return Value::fail(Fault::no_fields, node.at, of.kind);
  return Value::boolean(find_entry(of, selection.constant) != nullptr);
}

Value Evaluator::call(const Node& node) {
  if (node.function == nullptr) return Value::fail(Fault::unknown_function, node.at);
  const Value first = value(child(node, 0));
  if (first.is_error()) return first;
  switch (node.function->kind) {
    case FunctionKind::size:
      return size(node, first);
    case FunctionKind::conversion:
      if (first.kind == Kind::string) steps_.spend(first.count / 16);
      return convert(node.function->target, first, arena_, node.at);
    case FunctionKind::time_field:
      return time_field(node, first);
    default:
      break;
  }
  const Value second = value(child(node, 1));
  if (second.is_error()) return second;
  if (first.kind != Kind::string || second.kind != Kind::string) {
    return Value::fail(Fault::wrong_type, node.at, first.kind, second.kind);
  }
  return text_call(node, first, second);
}

Value Evaluator::text_call(const Node& node, const Value& text, const Value& part) {
  steps_.spend(text.count / 64);
  switch (node.function->kind) {
    case FunctionKind::starts_with:
      return Value::boolean(text.text().starts_with(part.text()));
    case FunctionKind::ends_with:
      return Value::boolean(text.text().ends_with(part.text()));
    case FunctionKind::contains:
      // The search compares each part of the text with the whole in the worst case.
      if (part.count > text.count) return Value::boolean(false);
      steps_.spend((text.count - part.count + size_t{1}) * part.count / 1024);
      if (steps_.is_spent()) return Value::fail(Fault::too_many_steps, node.at);
      return Value::boolean(text.text().find(part.text()) != std::string_view::npos);
    default:
      break;
  }
  constexpr size_t kStepsAPattern = 1'000;
  if (!steps_.spend(kStepsAPattern + text.count + part.count)) {
    return Value::fail(Fault::too_many_steps, node.at);
  }
  const auto pattern = compile_pattern(part.text());
  if (!pattern) return Value::fail(Fault::bad_pattern, node.at);
  return Value::boolean(re2::RE2::PartialMatch(piece(text.text()), *pattern));
}

Value Evaluator::size(const Node& node, const Value& of) {
  if (of.kind == Kind::list || of.kind == Kind::map) return Value::number(int64_t{of.count});
  if (of.kind != Kind::string) return Value::fail(Fault::wrong_type, node.at, of.kind);
  steps_.spend(of.count / 16);
  return Value::number(static_cast<int64_t>(count_code_points(of.text())));
}

Value Evaluator::time_field(const Node& node, const Value& of) {
  if (of.kind == Kind::duration && node.count == 1) {
    const auto field = duration_field(node.function->field, of);
    return field ? Value::number(*field) : Value::fail(Fault::wrong_type, node.at, of.kind);
  }
  if (of.kind != Kind::timestamp) return Value::fail(Fault::wrong_type, node.at, of.kind);
  if (node.count == 1) {
    return Value::number(timestamp_field(node.function->field, of, model::ZoneTable{}));
  }
  const Value name = value(child(node, 1));
  if (name.is_error()) return name;
  if (name.kind != Kind::string) return Value::fail(Fault::wrong_type, node.at, name.kind);
  if (const auto fixed = fixed_zone(name.text())) {
    return Value::number(timestamp_field(node.function->field, of, *fixed));
  }
  const model::ZoneTable* zone = calendar::find_built_in_zone(name.text());
  if (zone == nullptr) return Value::fail(Fault::unknown_zone, child(node, 1).at);
  return Value::number(timestamp_field(node.function->field, of, *zone));
}

Value Evaluator::constant_pattern(const Node& node) {
  const Value text = value(child(node, 0));
  if (text.is_error()) return text;
  if (text.kind != Kind::string) return Value::fail(Fault::wrong_type, node.at, text.kind);
  steps_.spend(text.count / 4);
  return Value::boolean(re2::RE2::PartialMatch(piece(text.text()), *program_.patterns_[node.slot]));
}

Value Evaluator::constant_zone(const Node& node) {
  const Value of = value(child(node, 0));
  if (of.is_error()) return of;
  if (of.kind != Kind::timestamp) return Value::fail(Fault::wrong_type, node.at, of.kind);
  return Value::number(timestamp_field(node.function->field, of, program_.zones_[node.slot]));
}

}  // namespace lupaus::rules::language::cel
