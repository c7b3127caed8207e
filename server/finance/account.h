// Account numbers and bank codes as payment files need them.
#pragma once

#include <string_view>

namespace lupaus::server::finance {

/// An IBAN as files carry it: capitals and digits alone, of its country's length, with right check
/// digits.
bool is_iban(std::string_view text);

/// Whether accounts of this IBAN's country can be paid by SEPA credit transfer (EPC409-09).
bool is_in_sepa(std::string_view iban);

/// Eight or eleven characters (ISO 9362), and no test code (a 0 at the eighth place).
bool is_bic(std::string_view text);

/// Whether a BIC may be that of the IBAN's bank: both of one country, where territories bank with
/// their country's IBANs.
bool is_bic_of(std::string_view bic, std::string_view iban);

}  // namespace lupaus::server::finance
