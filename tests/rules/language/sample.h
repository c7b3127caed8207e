// The documents that the interface description shows, as texts for tests to compile whole or
// edited.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/language/compile.h"

namespace lupaus::tests {

/// Every clause of the language in one promise, with its calendar and branch.
extern const std::string_view kFullSample;
/// A promise of supported clauses alone, with its calendar and branch.
extern const std::string_view kPlainSample;

/// `text` with the first `from` replaced by `to`; fails the test when `from` is not in it.
std::string edited(std::string_view text, std::string_view from, std::string_view to);

/// Compiles one file named p.yaml; fails the test where a complaint does not say how to mend it.
rules::language::Compiled compile_text(std::string_view text);

/// All diagnostics, formatted, one after another.
std::string formatted(const std::vector<rules::language::Diagnostic>& diagnostics);

}  // namespace lupaus::tests
