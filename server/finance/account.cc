#include "server/finance/account.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/model/iban.h"

namespace lupaus::server::finance {
namespace {

/// Countries of the SEPA schemes by the prefix of their IBANs (EPC409-09, with Serbia of 2026).
constexpr std::string_view kSepa[] = {
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD",
    "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA"};
static_assert(std::is_sorted(std::begin(kSepa), std::end(kSepa)));

/// A BIC's country, and the country whose IBANs its accounts have.
constexpr std::pair<std::string_view, std::string_view> kTerritories[] = {
    {"AX", "FI"}, {"BL", "FR"}, {"GF", "FR"}, {"GG", "GB"}, {"GP", "FR"}, {"IM", "GB"},
    {"JE", "GB"}, {"MF", "FR"}, {"MQ", "FR"}, {"PM", "FR"}, {"RE", "FR"}, {"YT", "FR"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_either(char c) { return is_digit(c) || is_capital(c); }

}  // namespace

bool is_iban(std::string_view text) {
  const auto iban = rules::model::parse_iban(text);
  return iban.ok() && *iban == text;
}

bool is_in_sepa(std::string_view iban) {
  return std::binary_search(std::begin(kSepa), std::end(kSepa), iban.substr(0, 2));
}

bool is_bic(std::string_view text) {
  if (text.size() != 8 && text.size() != 11) return false;
  const bool is_formed = std::all_of(text.begin(), text.end(), is_either) && is_capital(text[4]) &&
                         is_capital(text[5]);
  return is_formed && text[7] != '0';
}

bool is_bic_of(std::string_view bic, std::string_view iban) {
  std::string_view country = bic.substr(4, 2);
  for (const auto& [territory, home] : kTerritories) {
    if (territory == country) country = home;
  }
  return country == iban.substr(0, 2);
}

}  // namespace lupaus::server::finance
