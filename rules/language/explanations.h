// What each code of `lupaus check` means, with an example that shows it and the same example
// mended. The examples are compiled by a test, so they cannot become untrue.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lupaus::rules::language {

struct Explanation {
  std::string_view code;
  std::string_view title;    ///< a few words, no full stop
  std::string_view meaning;  ///< why it is told and what to do
  /// The part of example_book() that the example stands in; "" where it is a whole file.
  std::string_view at;
  std::string_view wrong;
  std::string_view mended;
};

/// Of every code in codes.h, ascending by code.
std::vector<Explanation> explanations();

/// The book that the examples are parts of; nothing is wrong with it.
std::string_view example_book();
/// The file that an example makes: the example book with `text` at its place, or `text` alone.
std::string example_file(const Explanation& explanation, std::string_view text);

/// The parts of explanations(): what is told of the text, and of its meaning.
std::span<const Explanation> reading_explanations();
std::span<const Explanation> meaning_explanations();

}  // namespace lupaus::rules::language
