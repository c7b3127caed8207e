// What may be kept of text that banks and receivers write: no name and no account number may reach
// the journal, the log or an answer by it.
#pragma once

#include <string>
#include <string_view>

namespace lupaus::rules::model {

/// "account closed" for "AC04" of ISO 20022's external codes; "" for a code that we do not know.
std::string_view describe_reason(std::string_view code);

/// At most eight capitals, digits, hyphens and points with a digit among them: a code and no word.
bool reads_like_code(std::string_view text);

/// Words of a fixed list and the codes above, everything else as "…"; "" where none is left.
std::string keep_words(std::string_view text);

/// An id of letters, digits and -._:/+#@ in which words that are not in the list are "…" (a code of
/// two letters or in hex is no word); "…" alone for any other text and where it has the form of an
/// IBAN, right or mistyped, or one in it.
std::string keep_reference(std::string_view text);

}  // namespace lupaus::rules::model
