// Who can be paid by SEPA credit transfer: the one answer for payment files and for payees that are
// taken in, since the approval of a batch is too late to learn of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/finance/settings.h"

namespace lupaus::server::finance {

/// The name of a payer or payee as a payment file carries it, of at most 70 characters; "" when
/// there is no letter in it that a bank takes, whatever `letters` are.
std::string to_bank_name(std::string_view name, NameLetters letters);

/// Whether it has such a name.
bool is_bank_name(std::string_view name);

/// Whether the account is an IBAN of a country in SEPA.
bool is_bank_account(std::string_view iban);

}  // namespace lupaus::server::finance
