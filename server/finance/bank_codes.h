// What the codes of banks mean. Inside of server/finance only.
#pragma once

#include <string>
#include <string_view>

#include "server/finance/bank_answer.h"

namespace lupaus::server::finance {

/// Of a status of pain.002: a code without a meaning that we know is `unknown`.
Statement::Meaning meaning_of_status(std::string_view status);

/// Of a status or reason that tells how the payee's name compares with the account.
Statement::PayeeCheck payee_check_of(std::string_view code);

/// A bank's own code as it may be kept: "" for what reads like words rather than like a code.
std::string keep_code(std::string_view text);

}  // namespace lupaus::server::finance
