#include "rules/language/form_patterns.h"

#include <initializer_list>

#include "rules/model/money.h"

namespace lupaus::rules::language {
namespace {

constexpr std::string_view kDuration = R"(([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]{1,3})?s)?)";
constexpr std::string_view kIsoDuration = R"(PT([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,3})?S)?)";
constexpr std::string_view kDays = "([1-9][0-9]{0,2}|1000) (business|calendar) days?";
constexpr std::string_view kWhole = "(0|[1-9][0-9]*)";
constexpr std::string_view kAboveZero = "(?!0(\\.0+)?(%|$))";
constexpr std::string_view kPercent = R"((100(\.0{1,4})?|[1-9]?[0-9](\.[0-9]{1,4})?)%)";
constexpr std::string_view kShare = R"((0|[1-9][0-9]*)(\.[0-9]{1,4})?%)";
constexpr std::string_view kAttribute = R"(ticket\.[A-Za-z_][A-Za-z0-9_]*)";
constexpr std::string_view kHours =
    R"((?!(.{5})-\2$)([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))";
/// Of every year, so without 29 February.
constexpr std::string_view kMonthDay =
    "(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31";

constexpr std::string_view kInstant =
    R"([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)"
    R"(([Zz]|[+-][0-9]{2}:[0-9]{2}))";

std::string either(std::initializer_list<std::string_view> patterns) {
  std::string all;
  for (const std::string_view pattern : patterns) {
    all.append(all.empty() ? "^(" : "|").append(pattern);
  }
  return all + ")$";
}
/// The codes of the currencies with so many decimals: "JPY|KRW".
std::string currencies_with(int digits) {
  std::string codes;
  std::string code(3, 'A');
  for (code[0] = 'A'; code[0] <= 'Z'; ++code[0]) {
    for (code[1] = 'A'; code[1] <= 'Z'; ++code[1]) {
      for (code[2] = 'A'; code[2] <= 'Z'; ++code[2]) {
        const auto currency = model::find_currency(code);
        if (!currency || model::minor_digits(*currency) != digits) continue;
        codes.append(codes.empty() ? "" : "|").append(code);
      }
    }
  }
  return codes;
}
/// WHY: all currencies by name would fill a page, so any code may stand before two decimals.
std::string sum(std::string_view above) {
  std::string pattern = "[A-Z]{3} " + std::string(above) + std::string(kWhole) + R"(\.[0-9]{2})";
  for (const int digits : {0, 3, 4}) {
    pattern += "|(" + currencies_with(digits) + ") " + std::string(above) + std::string(kWhole);
    if (digits != 0) pattern += R"(\.[0-9]{)" + std::to_string(digits) + "}";
  }
  return pattern;
}
std::string share() {
  return std::string(kAboveZero) + std::string(kShare) + " of (" + std::string(kAttribute) +
         R"(|final\()" + std::string(kAttribute) + R"(\)))";
}
std::string moment() {
  return "[+-](" + std::string(kDuration) + "|" + std::string(kIsoDuration) + ")";
}
std::string deadline() {
  return std::string(kAttribute) + "( [+-] (" + std::string(kDuration) + "|" +
         std::string(kIsoDuration) + "))?";
}

}  // namespace

std::string pattern_of(Form form) {
  switch (form) {
    case Form::name:
      return "^[A-Za-z0-9._-]{1,63}$";
    case Form::source:
      return "^[A-Za-z0-9._/+:-]{1,63}$";
    case Form::percent:
      return either({kPercent});
    case Form::duration:
      return either({kDuration, kIsoDuration});
    case Form::limit:
      return either({kDuration, kIsoDuration, kDays});
    case Form::period:
      return either({kDuration, kIsoDuration, "1 calendar days?"});
    case Form::money:
      return either({sum(kAboveZero)});
    case Form::amount:
      return either({sum(kAboveZero), share()});
    case Form::cap:
      return either({sum(kAboveZero), share(), "[1-9][0-9]* times?"});
    case Form::date:
      return either({"[0-9]{4}-(" + std::string(kMonthDay) + "|02-29)"});
    case Form::month_day:
      return either({kMonthDay});
    case Form::deadline:
      return either({deadline()});
    case Form::instant:
      return either({kInstant});
    case Form::moment:
      return either({moment(), kInstant});
    case Form::times:
      return either({"([1-9][0-9]?|100) times?"});
    default:
      return "";
  }
}

std::string hours_pattern() { return either({kHours}); }
std::string expected_sum_pattern() { return either({sum("")}); }
std::string event_pattern() {
  const std::string when = "(" + moment() + "|" + std::string(kInstant) + ")";
  const std::string words =
      R"(\s*\S+\s+\S+(\s+)" + when + R"()?(\s+arrives\s+)" + when + R"()?\s*)";
  return either({words});
}

}  // namespace lupaus::rules::language
