// Account numbers and bank codes as people type them: ISO 13616 IBANs and ISO 9362 BICs. Errors say
// what is wrong without repeating the number: whoever prints them gives nothing away.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::rules::model {

/// How many characters the IBANs of a country have.
struct IbanCountry {
  std::string_view code;  ///< ISO 3166, or XK
  uint8_t length;
};

/// Ascending by code; the SWIFT registry of IBAN formats.
std::span<const IbanCountry> iban_countries();

/// "fi21 1234 5600 0007 85" as "FI2112345600000785": spaces and case do not matter; the country's
/// length and the check digits (ISO 7064 mod 97-10, 02 to 98) must be right. Errors: "bad_iban".
Result<std::string> parse_iban(std::string_view text);

/// In groups of four, as on paper: "FI21 1234 5600 0007 85". `iban` is as parse_iban gives it.
std::string print_iban(std::string_view iban);

/// What may be shown where the number must not be: "FI…85".
std::string mask_iban(std::string_view iban);

/// "ndeafihh" as "NDEAFIHH": 8 or 11 letters and digits with a country in them. Errors:
/// "bad_bic".
Result<std::string> parse_bic(std::string_view text);

}  // namespace lupaus::rules::model
