// Money's notation and the currencies of ISO 4217.
#include "rules/model/money.h"

#include <fmt/format.h>

#include "rules/model/digits.h"

namespace lupaus::rules::model {
namespace {

// The current codes of ISO 4217 (list one, with the amendments to 2026) by decimals of the minor
// unit, ascending. Metals, units of account and test codes, which have no minor unit, are left out:
// nobody is paid in them.
constexpr std::string_view kNoDecimals =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view kTwoDecimals =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
    "XCD XCG YER ZAR ZMW ZWG ";
constexpr std::string_view kThreeDecimals = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kFourDecimals = "CLF UYW ";

/// Whether `code` stands in a list of ascending codes, each followed by one space.
bool lists(std::string_view codes, std::string_view code) {
  size_t low = 0;
  size_t high = codes.size() / 4;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (codes.substr(middle * 4, 3) < code) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return codes.substr(low * 4, 3) == code;
}

/// -1 when the code is not a current one.
int find_digits(std::string_view code) {
  if (code.size() != 3) return -1;
  if (lists(kTwoDecimals, code)) return 2;
  if (lists(kNoDecimals, code)) return 0;
  if (lists(kThreeDecimals, code)) return 3;
  return lists(kFourDecimals, code) ? 4 : -1;
}

int64_t power_of_ten(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Error bad_money(std::string_view text, std::string_view why) {
  return {"bad_money",
          fmt::format("expected {}, but `{}`", why, text),
          "write a currency, one space and the amount: `EUR 10.00`",
          {}};
}

}  // namespace

std::optional<Currency> find_currency(std::string_view text) {
  if (find_digits(text) < 0) return std::nullopt;
  return Currency{{text[0], text[1], text[2]}};
}

int minor_digits(Currency currency) {
  const int digits = find_digits(currency.text());
  return digits < 0 ? 2 : digits;
}

Result<Money> parse_money(std::string_view text) {
  if (text.size() < 5 || text[3] != ' ') return bad_money(text, "a currency and an amount");
  const std::optional<Currency> currency = find_currency(text.substr(0, 3));
  if (!currency) return bad_money(text, "a current ISO 4217 currency");
  const std::string_view amount = text.substr(4);
  const size_t digits = static_cast<size_t>(minor_digits(*currency));
  const size_t whole = count_digits(amount);
  const std::string_view fraction = amount.substr(whole);
  const bool has_form = digits == 0 ? fraction.empty()
                                    : fraction.size() == digits + 1 && fraction[0] == '.' &&
                                          count_digits(fraction.substr(1)) == digits;
  if (whole == 0 || !has_form) {
    return bad_money(text, digits == 0 ? fmt::format("a whole amount of {}", currency->text())
                                       : fmt::format("an amount with {} decimals of {}", digits,
                                                     currency->text()));
  }
  if (whole > 1 && amount[0] == '0') return bad_money(text, "an amount without leading zeros");
  std::string minor(amount.substr(0, whole));
  if (digits != 0) minor += fraction.substr(1);
  const std::optional<int64_t> value = read_digits(minor);
  if (!value) return bad_money(text, "an amount of at most 18 digits");
  return Money{*currency, *value};
}

std::string format_money(Money money) {
  return fmt::format("{} {}", money.currency.text(), format_amount(money));
}

std::string format_amount(Money money) {
  const int digits = minor_digits(money.currency);
  const uint64_t size =
      money.minor < 0 ? 0 - static_cast<uint64_t>(money.minor) : static_cast<uint64_t>(money.minor);
  const std::string_view sign = money.minor < 0 ? "-" : "";
  if (digits == 0) return fmt::format("{}{}", sign, size);
  const uint64_t unit = static_cast<uint64_t>(power_of_ten(digits));
  return fmt::format("{}{}.{:0{}}", sign, size / unit, size % unit, digits);
}

std::optional<Money> add(Money left, Money right) {
  ensure(left.currency == right.currency, "sums are taken in one currency");
  Money sum{left.currency, 0};
  if (__builtin_add_overflow(left.minor, right.minor, &sum.minor)) return std::nullopt;
  return sum;
}

}  // namespace lupaus::rules::model
