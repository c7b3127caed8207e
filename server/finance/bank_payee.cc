#include "server/finance/bank_payee.h"

#include "server/finance/account.h"
#include "server/finance/bank_text.h"

namespace lupaus::server::finance {

std::string to_bank_name(std::string_view name, NameLetters letters) {
  constexpr size_t kNameMax = 70;  // more is refused by the schema
  return to_bank_text(name, letters, kNameMax);
}

bool is_bank_name(std::string_view name) { return !to_bank_name(name, NameLetters::sepa).empty(); }

bool is_bank_account(std::string_view iban) { return is_iban(iban) && is_in_sepa(iban); }

}  // namespace lupaus::server::finance
