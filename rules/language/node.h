// The YAML of a promise file as a plain tree with places. Every scalar stays the text that was
// written: nothing is guessed to be a number, a boolean or a date. Anchors, aliases, tags and
// repeated keys are refused here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/diagnostics.h"

namespace lupaus::rules::language {

struct Node {
  enum class Kind : uint8_t { null, scalar, sequence, map };
  Kind kind = Kind::null;
  bool is_quoted = false;
  bool is_flow = false;  ///< a sequence or map in brackets
  uint32_t line = 0;     ///< from 1
  uint32_t column = 0;
  std::string text;            ///< of a scalar
  std::vector<Node> keys;      ///< of a map, beside `children`
  std::vector<Node> children;  ///< values of a map, items of a sequence

  const Node* find(std::string_view key) const;
};

/// What a text longer than this would be is not a promise file; reading it would only cost memory.
inline constexpr size_t kFileBytesMax = 1 << 20;

/// Whether a text is read for the first time, or was published before a newer check could refuse
/// it.
enum class Reading : uint8_t { fresh, recorded };

/// The documents of one file. What is wrong with the text is told to `diagnostics`; documents
/// before a syntax error are still returned, so that everything else in them is checked too.
std::vector<Node> read_documents(const std::string& file, const std::string& text,
                                 Diagnostics& diagnostics, Reading reading = Reading::fresh);

}  // namespace lupaus::rules::language
