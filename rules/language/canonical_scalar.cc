#include "rules/language/canonical_scalar.h"

#include <algorithm>

#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// As read_limit, without complaints.
std::string canonical_length(std::string_view text) {
  const std::string file;
  Diagnostics unheard;
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = text;
  const auto limit = read_limit({file, unheard}, node, "");
  return limit ? model::format_limit(*limit) : std::string(text);
}

/// "95.0%" is "95%".
std::string canonical_percent(std::string_view text) {
  const auto parts = find_parts_per_million(text);
  return parts ? model::format_percent(*parts) : std::string(text);
}

/// "012.50" is "12.5"; `text` is a decimal number.
std::string canonical_decimal(std::string_view text) {
  while (text.size() > 1 && text[0] == '0' && text[1] != '.') text.remove_prefix(1);
  std::string number(text);
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

/// "EUR 10" and "EUR 10.5" get the currency's decimals; none are ever taken away.
std::string canonical_money(std::string_view text) {
  const size_t space = text.find(' ');
  if (space != 3) return std::string(text);
  const auto currency = model::find_currency(text.substr(0, 3));
  std::string_view amount = text.substr(4);
  amount.remove_prefix(std::min(amount.find_first_not_of(' '), amount.size()));
  const size_t dot = amount.find('.');
  const std::string_view whole = amount.substr(0, dot);
  const std::string_view decimals =
      dot == std::string_view::npos ? std::string_view() : amount.substr(dot + 1);
  const bool has_decimals = dot == std::string_view::npos || is_digits(decimals);
  if (!currency || !is_digits(whole) || !has_decimals) return std::string(text);
  const auto wanted = static_cast<size_t>(model::minor_digits(*currency));
  if (decimals.size() > wanted) return std::string(text);
  std::string written = std::string(text.substr(0, 3)) + " " + std::string(whole);
  if (wanted > 0)
    written += "." + std::string(decimals) + std::string(wanted - decimals.size(), '0');
  return model::parse_money(written).ok() ? written : std::string(text);
}

std::string canonical_amount(std::string_view text) {
  if (!is_share(text)) return canonical_money(text);
  const size_t percent = text.find('%');
  return canonical_decimal(text.substr(0, percent)) + std::string(text.substr(percent));
}

std::string canonical_cap(std::string_view text) {
  const auto times = find_times(text);
  if (!times) return canonical_amount(text);
  return std::to_string(*times) + (*times == 1 ? " time" : " times");
}

std::string canonical_deadline(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::string(text);
  const std::string_view rest = text.substr(space + 1);
  if (!rest.starts_with("+ ") && !rest.starts_with("- ")) return std::string(text);
  const auto offset = model::parse_duration(rest.substr(2));
  if (!offset) return std::string(text);
  return std::string(text.substr(0, space + 3)) + model::format_duration(*offset);
}

void visit_value(Node& node, const Key& key, const std::function<void(Node&, Form)>& visit);

void visit_place(Node& node, const Place& place, const std::function<void(Node&, Form)>& visit) {
  if (node.kind != Node::Kind::map) return;
  for (size_t i = 0; i < node.keys.size() && i < node.children.size(); ++i) {
    const Key* key = find_key(place, node.keys[i].text);
    if (key != nullptr) visit_value(node.children[i], *key, visit);
  }
}

void visit_value(Node& node, const Key& key, const std::function<void(Node&, Form)>& visit) {
  if (node.kind == Node::Kind::scalar) {
    const bool is_limit = key.form == Form::limits || key.form == Form::due;
    return visit(node, is_limit ? Form::limit : key.form);
  }
  const bool has_places = key.form == Form::map || key.form == Form::list ||
                          key.form == Form::limits || key.form == Form::due;
  if (!has_places || key.child == nullptr) return;
  if (node.kind == Node::Kind::map) return visit_place(node, *key.child, visit);
  for (Node& item : node.children) visit_place(item, *key.child, visit);
}

}  // namespace

std::string canonical_scalar(Form form, std::string_view text) {
  switch (form) {
    case Form::duration:
    case Form::limit:
    case Form::period:
      return canonical_length(text);
    case Form::percent:
      return canonical_percent(text);
    case Form::money:
    case Form::amount:
      return canonical_amount(text);
    case Form::cap:
      return canonical_cap(text);
    case Form::deadline:
      return canonical_deadline(text);
    default:
      return std::string(text);
  }
}

void visit_scalars(Node& root, const std::function<void(Node&, Form)>& visit) {
  const Node* kind = root.find("kind");
  if (kind == nullptr || kind->kind != Node::Kind::scalar || kind->text != "Promise") return;
  for (size_t i = 0; i < root.keys.size() && i < root.children.size(); ++i) {
    if (root.keys[i].text == "spec") visit_place(root.children[i], kPromiseKeys, visit);
  }
}

}  // namespace lupaus::rules::language
