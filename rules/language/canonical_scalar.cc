#include "rules/language/canonical_scalar.h"

#include <array>
#include <utility>

#include "rules/language/scalar_reader.h"

namespace lupaus::rules::language {
namespace {

constexpr std::array<std::pair<std::string_view, ScalarForm>, 17> kForms = {{
    {"spec.clock.expire_after", ScalarForm::length},
    {"spec.target.within", ScalarForm::length},
    {"spec.target.within[].within", ScalarForm::length},
    {"spec.target.by", ScalarForm::deadline},
    {"spec.warn[].left", ScalarForm::length},
    {"spec.compensation.tiers[].over", ScalarForm::length},
    {"spec.compensation.tiers[].pay", ScalarForm::amount},
    {"spec.compensation.tiers[].every", ScalarForm::length},
    {"spec.compensation.tiers[].at_most", ScalarForm::amount},
    {"spec.compensation.tiers[].at_least", ScalarForm::amount},
    {"spec.compensation.caps[].max", ScalarForm::cap},
    {"spec.compensation.at_most", ScalarForm::amount},
    {"spec.compensation.at_least", ScalarForm::amount},
    {"spec.compensation.min_payable", ScalarForm::amount},
    {"spec.compensation.late", ScalarForm::amount},
    {"spec.compensation.due", ScalarForm::length},
    {"spec.compensation.approval.over", ScalarForm::amount},
}};

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

}  // namespace

ScalarForm scalar_form(std::string_view path) {
  for (const auto& [known, form] : kForms) {
    if (known == path) return form;
  }
  return ScalarForm::text;
}

std::string canonical_scalar(ScalarForm form, std::string_view text) {
  switch (form) {
    case ScalarForm::text:
      break;
    case ScalarForm::length:
      return canonical_length(text);
    case ScalarForm::amount:
      return canonical_amount(text);
    case ScalarForm::cap:
      return canonical_cap(text);
    case ScalarForm::deadline:
      return canonical_deadline(text);
  }
  return std::string(text);
}

}  // namespace lupaus::rules::language
