// Cuts a CEL expression into tokens. Offsets count bytes from 0 in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::rules::language::cel {

struct Token {
  enum class Kind : uint8_t { end, identifier, integer, real, string, symbol };
  Kind kind = Kind::end;
  size_t at = 0;
  std::string text;        ///< identifier, symbol, or the decoded string
  uint64_t magnitude = 0;  ///< of an integer; up to 2^63 (its sign is a token of its own)
  double real = 0;
};

/// An Error whose span holds the offset in `column`; whoever knows the place of the text turns it
/// into one.
model::Error error_at(std::string_view code, size_t at, std::string message, std::string hint);

/// The tokens, closed by one of kind `end`.
model::Result<std::vector<Token>> tokenize(std::string_view text);

}  // namespace lupaus::rules::language::cel
