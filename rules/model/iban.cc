// The table of lengths and the check digits.
#include "rules/model/iban.h"

#include <algorithm>
#include <array>

#include "rules/model/digits.h"

namespace lupaus::rules::model {
namespace {

/// ISO 13616 allows 34; the longest of the registry has 33.
constexpr size_t kIbanSizeMax = 34;

constexpr std::array<IbanCountry, 89> kCountries = {
    {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
     {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
     {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
     {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
     {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26},
     {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
     {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20},
     {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
     {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
     {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25},
     {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20},
     {"YE", 30}}};

Error bad_iban(std::string message) {
  return Error{"bad_iban",
               std::move(message),
               "compare it with what the bank wrote, character by character",
               {}};
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter_or_digit(char c) { return is_capital(c) || is_digit(c); }
char to_capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Bytes of a blank at the front: a space, a tab, or the no-break spaces of spreadsheets.
size_t blank_length(std::string_view text) {
  if (text.starts_with(' ') || text.starts_with('\t')) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  return text.starts_with("\xE2\x80\xAF") ? 3 : 0;
}

/// Capitals and digits without blanks; the place of the first other character, counted from 1, else
/// 0.
size_t compact(std::string_view text, std::string& out) {
  size_t place = 0;
  while (!text.empty()) {
    if (const size_t blank = blank_length(text); blank != 0) {
      text.remove_prefix(blank);
      continue;
    }
    ++place;
    const char c = to_capital(text.front());
    if (!is_letter_or_digit(c)) return place;
    out += c;
    text.remove_prefix(1);
  }
  return 0;
}

/// ISO 7064 mod 97-10, letters as 10 to 35.
uint32_t rest_of_97(std::string_view text, uint32_t rest) {
  for (const char c : text) {
    rest = is_digit(c) ? rest * 10 + static_cast<uint32_t>(c - '0')
                       : rest * 100 + static_cast<uint32_t>(c - 'A' + 10);
    rest %= 97;
  }
  return rest;
}

/// WHY: 00, 01 and 99 leave the same rest as 97, 98 and 02, but ISO 13616 gives 02 to 98 alone.
bool has_right_check_digits(std::string_view iban) {
  const std::string_view digits = iban.substr(2, 2);
  if (digits < "02" || digits > "98") return false;
  return rest_of_97(iban.substr(0, 4), rest_of_97(iban.substr(4), 0)) == 1;
}

}  // namespace

std::span<const IbanCountry> iban_countries() { return kCountries; }

Result<std::string> parse_iban(std::string_view text) {
  std::string iban;
  iban.reserve(kIbanSizeMax);
  const size_t stranger = compact(text, iban);
  if (stranger != 0) {
    return bad_iban("expected letters A to Z and digits in an IBAN, but character " +
                    std::to_string(stranger) + " is another");
  }
  if (iban.empty()) return bad_iban("expected an IBAN, but it is empty");
  const std::string code = iban.substr(0, 2);
  if (code.size() < 2 || !is_capital(code[0]) || !is_capital(code[1]))
    return bad_iban("expected an IBAN that begins with a country's two letters, but it does not");
  const auto* country = std::lower_bound(
      kCountries.begin(), kCountries.end(), code,
      [](const IbanCountry& left, const std::string& right) { return left.code < right; });
  if (country == kCountries.end() || country->code != code)
    return bad_iban("expected a country that has IBANs, but its first two letters are `" + code +
                    "`");
  if (iban.size() != country->length) {
    return bad_iban("expected " + std::to_string(country->length) + " characters in an IBAN of " +
                    code + ", but it has " + std::to_string(iban.size()));
  }
  if (!is_digit(iban[2]) || !is_digit(iban[3]))
    return bad_iban("expected two check digits behind the country of an IBAN, but there are none");
  if (!has_right_check_digits(iban)) {
    return bad_iban(
        "expected an IBAN whose check digits are right, but they are not: a character is mistyped");
  }
  return iban;
}

std::string print_iban(std::string_view iban) {
  std::string printed;
  for (size_t i = 0; i < iban.size(); ++i) {
    if (i != 0 && i % 4 == 0) printed += ' ';
    printed += iban[i];
  }
  return printed;
}

std::string mask_iban(std::string_view iban) {
  if (iban.size() < 5) return "…";
  return std::string(iban.substr(0, 2)) + "…" + std::string(iban.substr(iban.size() - 2));
}

Result<std::string> parse_bic(std::string_view text) {
  std::string bic;
  const bool is_plain = compact(text, bic) == 0;
  const bool has_form =
      is_plain && (bic.size() == 8 || bic.size() == 11) && is_capital(bic[4]) && is_capital(bic[5]);
  if (has_form) return bic;
  return Error{"bad_bic",
               "expected a BIC of 8 or 11 letters and digits with a country at places 5 and 6, but "
               "it is none",
               "for example `NDEAFIHH`",
               {}};
}

}  // namespace lupaus::rules::model
