// Cuts a CEL condition into tokens. Offsets count bytes from 0 in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::rules::language {

struct CelToken {
  enum class Kind : uint8_t { end, identifier, integer, real, string, symbol };
  Kind kind = Kind::end;
  size_t at = 0;
  std::string text;        ///< identifier, symbol, or the decoded string
  uint64_t magnitude = 0;  ///< of an integer; up to 2^63 (its sign is a token of its own)
  double real = 0;
};

/// An Error whose span holds the offset in `column`; compile_cel turns it into the place in the
/// file.
model::Error cel_error(std::string_view code, size_t at, std::string message,
                       std::string hint = "");

/// The tokens, closed by one of kind `end`.
model::Result<std::vector<CelToken>> tokenize_cel(std::string_view text);

/// The condition with one space between tokens and one form of quotes: equal for texts that differ
/// in spacing, comments or quoting alone. The text itself where it cannot be cut.
std::string canonical_cel(std::string_view text);

}  // namespace lupaus::rules::language
