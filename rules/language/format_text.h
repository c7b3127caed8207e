// The canonical form of a promise file: indentation by two spaces and one spelling of each length
// of time and sum of money. The text is edited where it stands, so every comment, blank line, order
// and flow map stays as its author wrote it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/language/compile.h"

namespace lupaus::rules::language {

struct Formatted {
  std::optional<std::string> text;  ///< nullopt when the file is no YAML (told)
  std::vector<Diagnostic> diagnostics;
};

/// Formatting a formatted text changes nothing, and no promise changes its meaning by it: what is
/// made is read again and compared. Only the YAML is checked here; whoever formats files compiles
/// them too.
Formatted format_text(const model::SourceFile& file);

}  // namespace lupaus::rules::language
