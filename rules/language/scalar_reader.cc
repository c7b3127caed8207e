#include "rules/language/scalar_reader.h"

#include <algorithm>
#include <charconv>

namespace lupaus::rules::language {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Digits without a leading zero: "0", "10", but not "010", which others read as eight.
bool is_number(std::string_view text) {
  return is_digits(text) && (text.size() == 1 || text.front() != '0');
}

/// A sum without a currency: "10", "10.00", "10,00".
bool is_bare_amount(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.,' -") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

bool is_scalar(const Context& context, const Node& node, std::string_view what,
               std::string_view wanted) {
  if (node.kind == Node::Kind::scalar && !node.text.empty()) return true;
  context.error(kWrongShape, node,
                std::string(what) + " needs " + std::string(wanted) + ", but " +
                    (node.kind == Node::Kind::scalar ? "the text is empty" : show(node)),
                node.kind == Node::Kind::scalar || node.kind == Node::Kind::null
                    ? "write it after the key, or leave the key out"
                    : "write a single value");
  return false;
}

std::optional<int32_t> find_int(std::string_view text) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!is_number(text) || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// "2 business days"; nullopt when the text has another form or counts no day.
std::optional<model::Limit> find_days(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto days = find_int(text.substr(0, space));
  if (!days || *days < 1 || *days > 1000) return std::nullopt;
  const std::string_view unit = text.substr(space + 1);
  model::Limit limit;
  limit.days = *days;
  if (unit == "business day" || unit == "business days") {
    limit.unit = model::Limit::Unit::business_days;
  } else if (unit == "calendar day" || unit == "calendar days") {
    limit.unit = model::Limit::Unit::calendar_days;
  } else {
    return std::nullopt;
  }
  return limit;
}

/// A number and days of some kind or none: "2 days", "0 business days".
bool is_like_days(std::string_view text) {
  const size_t space = text.find(' ');
  return space != std::string_view::npos && is_digits(text.substr(0, space)) &&
         (text.ends_with("day") || text.ends_with("days"));
}

/// Tells of what is like days, but counts none.
void refuse_days(const Context& context, const Node& node, std::string_view what) {
  const std::string_view text = node.text;
  const std::string_view number = text.substr(0, text.find(' '));
  const auto days = find_int(number);
  const bool is_counted = days && *days >= 1 && *days <= 1000;
  const std::string counted(is_counted ? number : "2");
  context.error(kBadDuration, node,
                std::string(what) + ": expected " +
                    (is_counted ? "business days or calendar days" : "from 1 to 1000 days") +
                    ", but " + show(node),
                "write `" + counted + " business days`, `" + counted +
                    " calendar days` or a length like `48h`");
}

/// "95", "12.5": a decimal number that is not negative.
bool is_decimal(std::string_view text) {
  const size_t dot = text.find('.');
  if (text.size() > 12) return false;
  if (dot == std::string_view::npos) return is_number(text);
  return is_number(text.substr(0, dot)) && is_digits(text.substr(dot + 1));
}

}  // namespace

std::optional<std::string> read_text(const Context& context, const Node& node,
                                     std::string_view what) {
  if (!is_scalar(context, node, what, "a text")) return std::nullopt;
  return node.text;
}

std::optional<std::string> read_name(const Context& context, const Node& node,
                                     std::string_view what, bool has_path) {
  if (!is_scalar(context, node, what, "a name")) return std::nullopt;
  bool is_good = node.text.size() <= 63;
  for (const char c : node.text) {
    is_good = is_good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                          (has_path && (c == '/' || c == '+' || c == ':')));
  }
  if (!is_good) {
    context.error(kBadName, node, "expected a name in " + std::string(what) + ", but " + show(node),
                  "use at most 63 letters, digits, `-`, `_` and `.`, without spaces");
    return std::nullopt;
  }
  return node.text;
}

std::optional<model::Duration> read_duration(const Context& context, const Node& node,
                                             std::string_view what) {
  if (!is_scalar(context, node, what, "a length of time")) return std::nullopt;
  const auto duration = model::parse_duration(node.text);
  if (!duration) {
    const model::Error& error = duration.error();
    const bool is_days = is_like_days(node.text);
    context.error(
        kBadDuration, node, std::string(what) + ": " + error.message,
        is_days ? "days may stand in target.within and tiers alone; write 24h" : error.hint);
    return std::nullopt;
  }
  return *duration;
}

std::optional<model::Limit> read_limit(const Context& context, const Node& node,
                                       std::string_view what) {
  if (node.kind == Node::Kind::scalar) {
    if (const auto days = find_days(node.text)) return days;
    if (is_like_days(node.text)) {
      refuse_days(context, node, what);
      return std::nullopt;
    }
  }
  const auto duration = read_duration(context, node, what);
  if (!duration) return std::nullopt;
  model::Limit limit;
  limit.duration = *duration;
  return limit;
}

std::optional<model::Money> read_money(const Context& context, const Node& node,
                                       std::string_view noun) {
  if (!is_scalar(context, node, noun, "a sum of money")) return std::nullopt;
  if (is_bare_amount(node.text)) {
    context.error(kNoCurrency, node, std::string(noun) + " needs a currency: \"" + node.text + "\"",
                  "write the ISO 4217 code before the sum, as in EUR 10.00");
    return std::nullopt;
  }
  const auto money = model::parse_money(node.text);
  if (!money) {
    context.error(kBadMoney, node, std::string(noun) + ": " + money.error().message,
                  money.error().hint);
    return std::nullopt;
  }
  if (money->minor <= 0) {
    context.error(kZeroMoney, node,
                  std::string(noun) + ": expected a sum above zero, but " + show(node),
                  "leave the clause out where nothing is to be paid");
    return std::nullopt;
  }
  return *money;
}

std::optional<model::LocalDate> read_date(const Context& context, const Node& node,
                                          std::string_view what) {
  if (!is_scalar(context, node, what, "a date")) return std::nullopt;
  const auto date = model::parse_local_date(node.text);
  if (!date) {
    context.error(kBadDate, node, std::string(what) + ": " + date.error().message,
                  date.error().hint);
    return std::nullopt;
  }
  return *date;
}

std::optional<int64_t> read_percent(const Context& context, const Node& node,
                                    std::string_view what) {
  constexpr int64_t kWhole = 1'000'000;
  if (!is_scalar(context, node, what, "a percentage")) return std::nullopt;
  const auto parts = find_parts_per_million(node.text);
  if (!parts) {
    context.error(kBadNumber, node,
                  std::string(what) + ": expected a percentage, but " + show(node),
                  "write it as 95% or 12.5%, with at most four decimals");
    return std::nullopt;
  }
  if (*parts > kWhole) {
    context.error(kBadNumber, node,
                  std::string(what) + ": expected at most 100%, but " + show(node),
                  "write it as 95%");
    return std::nullopt;
  }
  return parts;
}

std::optional<int32_t> read_count(const Context& context, const Node& node, std::string_view what) {
  if (!is_scalar(context, node, what, "a whole number")) return std::nullopt;
  const auto number = find_int(node.text);
  if (!number || *number < 1 || *number > 1'000'000) {
    context.error(kBadNumber, node,
                  std::string(what) + ": expected a whole number of at least 1, but " + show(node),
                  "write plain digits, as in 2");
    return std::nullopt;
  }
  return number;
}

std::optional<int32_t> find_times(std::string_view text) {
  for (std::string_view ending : {" times", " time"}) {
    if (!text.ends_with(ending)) continue;
    const auto number = find_int(text.substr(0, text.size() - ending.size()));
    if (number && *number >= 1) return number;
  }
  return std::nullopt;
}

bool is_share(std::string_view text) {
  const size_t of = text.find("% of ");
  return of != std::string_view::npos &&
         text.substr(0, of).find_first_not_of("0123456789.,-") == std::string_view::npos;
}

std::optional<int64_t> find_parts_per_million(std::string_view percent) {
  if (!percent.ends_with('%')) return std::nullopt;
  percent.remove_suffix(1);
  if (!is_decimal(percent)) return std::nullopt;
  const size_t dot = std::min(percent.find('.'), percent.size());
  const std::string_view decimals = percent.substr(std::min(dot + 1, percent.size()));
  const auto whole = find_int(percent.substr(0, dot));
  if (!whole || decimals.size() > 4) return std::nullopt;
  int64_t parts = *whole;
  for (size_t i = 0; i < 4; ++i) parts = parts * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
  return parts;
}

std::optional<model::Share> read_share(const Context& context, const Node& node,
                                       std::string_view noun) {
  constexpr int64_t kPartsMax = 10'000'000'000;  // a million percent
  const std::string_view text = node.text;
  const size_t of = text.find("% of ");
  const auto parts = find_parts_per_million(text.substr(0, of + 1));
  if (!parts || *parts > kPartsMax) {
    context.error(
        kBadNumber, node,
        std::string(noun) + ": expected a percentage with at most four decimals, but " + show(node),
        "write it as 25% of ticket.fare or 12.5% of ticket.fare");
    return std::nullopt;
  }
  if (*parts == 0) {
    context.error(kZeroMoney, node,
                  std::string(noun) + ": expected a share above zero, but " + show(node),
                  "leave the clause out where nothing is to be paid");
    return std::nullopt;
  }
  std::string_view attribute = text.substr(of + std::string_view("% of ").size());
  const bool is_final = attribute.starts_with("final(") && attribute.ends_with(")");
  if (is_final) attribute = attribute.substr(6, attribute.size() - 7);
  return model::Share{*parts, std::string(attribute), is_final};
}

std::optional<bool> read_flag(const Context& context, const Node& node, std::string_view what) {
  if (!is_scalar(context, node, what, "true or false")) return std::nullopt;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  context.error(kUnknownWord, node,
                std::string(what) + ": expected true or false, but " + show(node),
                "write true or false, without quotes or capitals");
  return std::nullopt;
}

std::optional<std::string_view> read_word(MapReader& map, std::string_view key) {
  const Node* node = map.find(key);
  if (node == nullptr) return std::nullopt;
  return read_word(map.context(), *node, key, words_of(map.place(), key));
}

std::optional<std::string_view> read_word(const Context& context, const Node& node,
                                          std::string_view what,
                                          std::span<const std::string_view> words) {
  if (!is_scalar(context, node, what, "a word")) return std::nullopt;
  for (const std::string_view word : words) {
    if (word == node.text) return word;
  }
  std::string known;
  for (std::string_view word : words) {
    if (!known.empty()) known += words.back() == word ? " or " : ", ";
    known += word;
  }
  const std::string near = nearest(node.text, words);
  context.error(kUnknownWord, node,
                std::string(what) + ": expected " + known + ", but " + show(node),
                near.empty() ? "write one of these words" : "did you mean \"" + near + "\"?");
  return std::nullopt;
}

}  // namespace lupaus::rules::language
