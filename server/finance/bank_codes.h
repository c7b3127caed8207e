// What the codes of banks mean, and what of a bank's free text may be kept. Inside of
// server/finance only.
#pragma once

#include <string>
#include <string_view>

#include "server/finance/bank_answer.h"

namespace lupaus::server::finance {

/// Of a status of pain.002: a code without a meaning that we know is `unknown`.
Statement::Meaning meaning_of_status(std::string_view status);

/// Of a status or reason that tells how the payee's name compares with the account.
Statement::PayeeCheck payee_check_of(std::string_view code);

/// "account closed" for "AC04"; "" for a code that we do not know.
std::string_view describe_reason(std::string_view code);

/// A bank's own code as it may be kept: "" for what reads like words rather than like a code.
std::string keep_code(std::string_view text);

/// What may be kept of free text: words of a fixed list, everything else as "…". A close match
/// tells the payee's name here, a return the account.
std::string keep_words(std::string_view text);

/// An id or reference as it may be shown: "…" for one that is an account number.
std::string keep_reference(std::string_view text);

}  // namespace lupaus::server::finance
