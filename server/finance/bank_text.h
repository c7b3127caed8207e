// Text as banks take it: the character set of the European Payments Council (EPC217-08), into which
// every other letter is transliterated by a table of our own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "server/finance/settings.h"

namespace lupaus::server::finance {

/// `text` in letters of the set `a-z A-Z 0-9 / - ? : ( ) . , ' +` and space, and å ä ö where
/// `letters` keeps them; at most `characters_max` characters. Spaces are single, none at the ends;
/// slashes too (the set forbids them there and doubled). What has no equivalent becomes a dot. ""
/// when no letter or digit is left.
std::string to_bank_text(std::string_view text, NameLetters letters, size_t characters_max);

/// Whether `text` is in that set, with å ä ö, and has the form above.
bool is_bank_text(std::string_view text);

/// Characters of UTF-8 `text`.
size_t count_characters(std::string_view text);

}  // namespace lupaus::server::finance
