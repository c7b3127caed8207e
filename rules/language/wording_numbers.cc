#include "rules/language/wording_numbers.h"

#include <array>
#include <map>

namespace lupaus::rules::language {
namespace {

constexpr size_t kCases = 11;
constexpr size_t kNominative = 0;
using Forms = std::array<std::string, kCases>;

/// From the three stems that a Finnish numeral bends by: strong (essive), weak (inessive), and the
/// three forms that follow no rule.
struct Stems {
  std::string_view nominative, genitive, partitive, weak, illative, strong;
  bool is_front = false;  ///< its endings have ä
};

constexpr Stems kUnits[] = {
    {"yksi", "yhden", "yhtä", "yhde", "yhteen", "yhte", true},
    {"kaksi", "kahden", "kahta", "kahde", "kahteen", "kahte", false},
    {"kolme", "kolmen", "kolmea", "kolme", "kolmeen", "kolme", false},
    {"neljä", "neljän", "neljää", "neljä", "neljään", "neljä", true},
    {"viisi", "viiden", "viittä", "viide", "viiteen", "viite", true},
    {"kuusi", "kuuden", "kuutta", "kuude", "kuuteen", "kuute", false},
    {"seitsemän", "seitsemän", "seitsemää", "seitsemä", "seitsemään", "seitsemä", true},
    {"kahdeksan", "kahdeksan", "kahdeksaa", "kahdeksa", "kahdeksaan", "kahdeksa", false},
    {"yhdeksän", "yhdeksän", "yhdeksää", "yhdeksä", "yhdeksään", "yhdeksä", true},
    {"kymmenen", "kymmenen", "kymmentä", "kymmene", "kymmeneen", "kymmene", true},
};

Forms bend(const Stems& stems) {
  const std::string weak(stems.weak);
  const std::string a = stems.is_front ? "ä" : "a";
  return {std::string(stems.nominative),
          std::string(stems.genitive),
          std::string(stems.partitive),
          weak + "ss" + a,
          weak + "st" + a,
          std::string(stems.illative),
          weak + "ll" + a,
          weak + "lt" + a,
          weak + "lle",
          std::string(stems.strong) + "n" + a,
          weak + "ksi"};
}

std::vector<std::string> finnish_forms(int number) {
  const Forms ten = bend(kUnits[9]);
  if (number <= 10) {
    const Forms forms = bend(kUnits[number - 1]);
    return {forms.begin(), forms.end()};
  }
  std::vector<std::string> all;
  if (number < 20) {
    for (const std::string& form : bend(kUnits[number - 11])) all.push_back(form + "toista");
    return all;
  }
  const Forms tens = bend(kUnits[number / 10 - 1]);
  Forms whole;
  for (size_t i = 0; i < kCases; ++i) {
    whole[i] = tens[i] + (i == kNominative ? "kymmentä" : ten[i]);
  }
  if (number % 10 == 0) return {whole.begin(), whole.end()};
  const Forms units = bend(kUnits[number % 10 - 1]);
  for (size_t i = 0; i < kCases; ++i) all.push_back(whole[i] + units[i]);
  for (size_t i = 1; i < kCases; ++i) all.push_back(whole[kNominative] + units[i]);
  return all;
}

constexpr std::string_view kSwedish[] = {
    "ett",  "två",  "tre",     "fyra",    "fem",    "sex",    "sju",     "åtta",  "nio",   "tio",
    "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"};
constexpr std::string_view kSwedishTens[] = {"tjugo", "trettio", "fyrtio", "femtio", "sextio"};
constexpr std::string_view kEnglish[] = {"one",     "two",       "three",    "four",     "five",
                                         "six",     "seven",     "eight",    "nine",     "ten",
                                         "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                         "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kEnglishTens[] = {"twenty", "thirty", "forty", "fifty", "sixty"};

std::vector<std::string> swedish_forms(int number) {
  if (number == 1) return {"ett", "en"};
  if (number < 20) return {std::string(kSwedish[number - 1])};
  const std::string tens(kSwedishTens[number / 10 - 2]);
  if (number % 10 == 0) return {tens};
  if (number % 10 == 1) return {tens + "ett", tens + "en"};
  return {tens + std::string(kSwedish[number % 10 - 1])};
}

/// "twenty-five" is two words to a reader of words, as "twenty five" is.
std::vector<std::string> english_forms(int number) {
  if (number < 20) return {std::string(kEnglish[number - 1])};
  const std::string tens(kEnglishTens[number / 10 - 2]);
  if (number % 10 == 0) return {tens};
  const std::string unit(kEnglish[number % 10 - 1]);
  return {tens + "-" + unit, tens + unit};
}

using Table = std::map<std::string, int, std::less<>>;

Table make_table(std::string_view language) {
  Table table;
  for (int number = 1; number <= kNumberWordMax; ++number) {
    for (std::string& form : number_forms(number, language)) table.emplace(std::move(form), number);
  }
  return table;
}

}  // namespace

std::vector<std::string> number_forms(int number, std::string_view language) {
  if (number < 1 || number > kNumberWordMax) return {};
  if (language == "fi") return finnish_forms(number);
  if (language == "sv") return swedish_forms(number);
  if (language == "en") return english_forms(number);
  return {};
}

std::optional<int> find_number_word(std::string_view word, std::string_view language) {
  static const Table kFinnish = make_table("fi");
  static const Table kSwedishWords = make_table("sv");
  static const Table kEnglishWords = make_table("en");
  static const Table kNone;
  const Table& table = language == "fi"   ? kFinnish
                       : language == "sv" ? kSwedishWords
                       : language == "en" ? kEnglishWords
                                          : kNone;
  const auto found = table.find(word);
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lupaus::rules::language
