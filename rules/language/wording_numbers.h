// The number words 1 to 60 of Finnish, Swedish and English, in the forms that sentences use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lupaus::rules::language {

/// Largest number that is known as a word.
inline constexpr int kNumberWordMax = 60;

/// All forms of the number (1 to 60) in one of fi, sv, en, in small letters and written as one
/// word. Finnish: nominative, genitive, partitive, inessive, elative, illative, adessive, ablative,
/// allative, essive, translative, in this order; from 21 on also those that bend the last part
/// alone.
std::vector<std::string> number_forms(int number, std::string_view language);

/// The number that the word (small letters) is; nullopt when it is none of that language.
std::optional<int> find_number_word(std::string_view word, std::string_view language);

}  // namespace lupaus::rules::language
