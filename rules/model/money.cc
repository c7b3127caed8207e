// Money's notation and the currencies of ISO 4217.
#include "rules/model/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/model/digits.h"
#include "rules/model/text_writer.h"

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

constexpr size_t kLetters = 26;

/// The place of a code of three capital letters among all of them.
constexpr size_t place_of(std::string_view code) {
  const auto letter = [code](size_t i) { return static_cast<size_t>(code[i] - 'A'); };
  return (letter(0) * kLetters + letter(1)) * kLetters + letter(2);
}

using DigitsByCode = std::array<int8_t, kLetters * kLetters * kLetters>;

/// -1 for what is not a current code.
constexpr DigitsByCode count_digits_by_code() {
  DigitsByCode all{};
  for (int8_t& digits : all) digits = -1;
  const auto note = [&all](std::string_view codes, int8_t digits) {
    for (size_t at = 0; at < codes.size(); at += 4) all[place_of(codes.substr(at, 3))] = digits;
  };
  note(kNoDecimals, 0);
  note(kTwoDecimals, 2);
  note(kThreeDecimals, 3);
  note(kFourDecimals, 4);
  return all;
}
constexpr DigitsByCode kDigitsByCode = count_digits_by_code();

/// -1 when the code is not a current one.
int find_digits(std::string_view code) {
  const auto is_capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
  const bool has_form =
      code.size() == 3 && is_capital(code[0]) && is_capital(code[1]) && is_capital(code[2]);
  return has_form ? kDigitsByCode[place_of(code)] : -1;
}

/// Minor units in one of a currency, by its decimals.
constexpr std::array<int64_t, 5> kMinorUnits = {1, 10, 100, 1'000, 10'000};
int64_t minor_units(int digits) { return kMinorUnits[static_cast<size_t>(digits)]; }

void put_sum(Money money, TextWriter& text) {
  const int digits = minor_digits(money.currency);
  const uint64_t size =
      money.minor < 0 ? 0 - static_cast<uint64_t>(money.minor) : static_cast<uint64_t>(money.minor);
  if (money.minor < 0) text.put('-');
  const auto unit = static_cast<uint64_t>(minor_units(digits));
  text.put_decimal(size / unit);
  if (digits == 0) return;
  text.put('.');
  text.put_padded(size % unit, static_cast<size_t>(digits));
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
  if (amount.starts_with('-')) return bad_money(text, "an amount that is not negative");
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
  constexpr size_t kDigitsMax = 18;  // above them an int64 could overflow
  if (whole + digits > kDigitsMax) return bad_money(text, "an amount of at most 18 digits");
  int64_t minor = *read_digits(amount.substr(0, whole));
  if (digits != 0)
    minor = minor * minor_units(static_cast<int>(digits)) + *read_digits(fraction.substr(1));
  return Money{*currency, minor};
}

std::string format_money(Money money) {
  TextWriter text;
  put_money(money, text);
  return text.text();
}

void put_money(Money money, TextWriter& text) {
  text.put(money.currency.text());
  text.put(' ');
  put_sum(money, text);
}

std::string format_amount(Money money) {
  TextWriter text;
  put_sum(money, text);
  return text.text();
}

std::string format_amount(Currency currency, const MinorSum& sum) {
  const MinorSum::Wide value = sum.value();
  if (const auto minor = static_cast<int64_t>(value); minor == value)
    return format_amount({currency, minor});
  std::string text;  // from its last digit on
  const auto decimals = static_cast<size_t>(minor_digits(currency));
  for (MinorSum::Wide left = value; left != 0; left /= 10) {
    const auto digit = static_cast<int>(left % 10);
    if (decimals != 0 && text.size() == decimals) text += '.';
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (value < 0) text += '-';
  return {text.rbegin(), text.rend()};
}

std::optional<Money> add(Money left, Money right) {
  ensure(left.currency == right.currency, "sums are taken in one currency");
  Money sum{left.currency, 0};
  if (__builtin_add_overflow(left.minor, right.minor, &sum.minor)) return std::nullopt;
  return sum;
}

}  // namespace lupaus::rules::model
