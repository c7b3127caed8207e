// Finds the new indentation of each line of a YAML text from its tree: keys and dashes stand two
// columns right of what they belong to; lines that only continue a value move with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/node.h"

namespace lupaus::rules::language {

/// Replaces `length` bytes of a line from `column` (from 0) on.
struct LineEdit {
  size_t column = 0;
  size_t length = 0;
  std::string text;
};

/// One line of the text with what is to become of it.
struct TextLine {
  enum class Kind : uint8_t {
    continuation,  ///< of a value that began above, until a tree says otherwise
    blank,
    comment,
    placed,   ///< begins with a key, a dash or a value; stands at `indent`
    literal,  ///< of a block scalar: moves by `shift`, keeps its blanks
    marker,   ///< `---`, `...`
  };
  std::string_view text;    ///< without the end of the line
  std::string_view ending;  ///< "\n", "\r\n", or "" at the end of the file
  Kind kind = Kind::continuation;
  size_t first = 0;   ///< column of the first byte that is no blank
  size_t indent = 0;  ///< of a placed line
  int64_t shift = 0;  ///< of the last value that begins here
  size_t inner = 0;   ///< new column of the innermost key or dash here
  /// Old and new columns of the keys and dashes that begin here, from the left.
  std::vector<std::pair<size_t, size_t>> columns;
  std::vector<LineEdit> edits;
};

std::vector<TextLine> split_lines(std::string_view text);

/// Gives the lines of one document their places.
void place_lines(const Node& root, std::vector<TextLine>& lines);

/// The text of all lines at their new places. Call after every document is placed.
std::string join_lines(std::vector<TextLine>& lines);

}  // namespace lupaus::rules::language
