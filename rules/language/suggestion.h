// "Did you mean": the known word that is nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lupaus::rules::language {

/// The candidate within a third of `word`'s length (at least 1, at most 3 edits) that is nearest;
/// "" if none.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

/// `did you mean "x"?`, or, when nothing is near, the list of what is known (up to 24 words).
std::string suggest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace lupaus::rules::language
