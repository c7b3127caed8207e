// The table: whole ranges as strings of one letter a character, and what takes more or less than
// one letter by itself. Cyrillic as passports spell it (ICAO 9303), Greek by ELOT 743, letter by
// letter.
#include "server/finance/bank_text.h"

#include <algorithm>
#include <array>
#include <span>

#include "rules/model/utf8.h"

namespace lupaus::server::finance {
namespace {

constexpr std::string_view kOthers = "/-?:().,'+ ";
constexpr std::string_view kNoEquivalent = ".";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// One letter a character from `first` on; `?` has none.
struct Range {
  char32_t first;
  std::string_view letters;
};
constexpr Range kRanges[] = {
    {0x00C0, "AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y"},
    {0x0100,
     "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo??RrRrRrSs"
     "SsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"},
    {0x01A0, "Oo"},
    {0x01AF, "Uu"},
    {0x01CD, "AaIiOoUu"},
    {0x01E6, "GgKk"},
    {0x0218, "SsTt"},
    {0x1E80, "WwWwWw"},
    {0x1EA0,
     "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy"},
    {0x0391, "AVGDEZI?IKLMNXOPR?STYF??O"},
    {0x03B1, "avgdezi?iklmnxoprsstyf??o"},
    {0x03AC, "aeii"},
    {0x03CC, "oyo"},
    {0x0410, "ABVGDE?ZIIKLMNOPRSTUF??????Y?E??"},
    {0x0430, "abvgde?ziiklmnoprstuf??????y?e??"},
    {0x2018, "''''''''"},  // single and double quotation marks
    {0x2010, "------"},
    {0x2000, "           "},
};

struct Single {
  char32_t letter;
  std::string_view text;
};
/// Ascending by letter.
constexpr Single kSingles[] = {
    {'\t', " "},    {'\n', " "},    {'\r', " "},    {'"', "'"},       {'&', "+"},
    {';', ","},     {'<', "("},     {'>', ")"},     {'[', "("},       {'\\', "/"},
    {']', ")"},     {'_', "-"},     {'`', "'"},     {'{', "("},       {'}', ")"},
    {0x00A0, " "},  {0x00AA, "a"},  {0x00AB, "'"},  {0x00AD, ""},     {0x00B4, "'"},
    {0x00BA, "o"},  {0x00BB, "'"},  {0x00C6, "AE"}, {0x00DE, "TH"},   {0x00DF, "ss"},
    {0x00E6, "ae"}, {0x00FE, "th"}, {0x0132, "IJ"}, {0x0133, "ij"},   {0x0152, "OE"},
    {0x0153, "oe"}, {0x01FC, "AE"}, {0x01FD, "ae"}, {0x02BC, "'"},    {0x0386, "A"},
    {0x0388, "E"},  {0x0389, "I"},  {0x038A, "I"},  {0x038C, "O"},    {0x038E, "Y"},
    {0x038F, "O"},  {0x0398, "TH"}, {0x03A7, "CH"}, {0x03A8, "PS"},   {0x03B8, "th"},
    {0x03C7, "ch"}, {0x03C8, "ps"}, {0x03CA, "i"},  {0x03CB, "y"},    {0x0401, "E"},
    {0x0404, "IE"}, {0x0406, "I"},  {0x0407, "I"},  {0x0416, "ZH"},   {0x0425, "KH"},
    {0x0426, "TS"}, {0x0427, "CH"}, {0x0428, "SH"}, {0x0429, "SHCH"}, {0x042A, "IE"},
    {0x042C, ""},   {0x042E, "IU"}, {0x042F, "IA"}, {0x0436, "zh"},   {0x0445, "kh"},
    {0x0446, "ts"}, {0x0447, "ch"}, {0x0448, "sh"}, {0x0449, "shch"}, {0x044A, "ie"},
    {0x044C, ""},   {0x044E, "iu"}, {0x044F, "ia"}, {0x0451, "e"},    {0x0454, "ie"},
    {0x0456, "i"},  {0x0457, "i"},  {0x0490, "G"},  {0x0491, "g"},    {0x1E9E, "SS"},
    {0x200B, ""},   {0x200C, ""},   {0x200D, ""},   {0x2026, "..."},  {0x202F, " "},
    {0x2032, "'"},  {0x2033, "'"},  {0x2044, "/"},  {0x2060, ""},     {0x20AC, "EUR"},
    {0x2212, "-"},  {0x3000, " "},  {0xFEFF, ""},
};
static_assert(std::is_sorted(std::begin(kSingles), std::end(kSingles),
                             [](const Single& a, const Single& b) { return a.letter < b.letter; }));
static_assert(kRanges[0].letters.size() == 64 && kRanges[1].letters.size() == 128);
static_assert(kRanges[8].letters.size() == 90 && kRanges[13].letters.size() == 32);

constexpr bool is_mark(char32_t letter) { return letter >= 0x0300 && letter <= 0x036F; }

/// å ä ö Å Ä Ö, as one character.
constexpr bool is_nordic(char32_t letter) {
  return letter == 0xC4 || letter == 0xC5 || letter == 0xD6 || letter == 0xE4 || letter == 0xE5 ||
         letter == 0xF6;
}

/// The letter of which `mark` makes å, ä or ö after `before`; "": of none.
std::string_view composed(char before, char32_t mark) {
  constexpr char32_t kRing = 0x030A, kDots = 0x0308;
  if (mark == kRing && before == 'a') return "å";
  if (mark == kRing && before == 'A') return "Å";
  if (mark == kDots && before == 'a') return "ä";
  if (mark == kDots && before == 'A') return "Ä";
  if (mark == kDots && before == 'o') return "ö";
  if (mark == kDots && before == 'O') return "Ö";
  return "";
}

char32_t decode(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0);
  char32_t letter = byte(0) & (0xFF >> (sequence.size() + 1));
  for (size_t i = 1; i < sequence.size(); ++i) letter = letter << 6 | (byte(i) & 0x3F);
  return letter;
}

std::string_view transliterated(char32_t letter, std::string_view sequence) {
  const auto* single =
      std::lower_bound(std::begin(kSingles), std::end(kSingles), letter,
                       [](const Single& entry, char32_t wanted) { return entry.letter < wanted; });
  if (single != std::end(kSingles) && single->letter == letter) return single->text;
  if (letter < 0x80) {
    const bool is_in_set =
        is_letter_or_digit(sequence[0]) || kOthers.find(sequence[0]) != std::string_view::npos;
    return is_in_set ? sequence : kNoEquivalent;
  }
  for (const Range& range : kRanges) {
    if (letter < range.first || letter - range.first >= range.letters.size()) continue;
    const std::string_view found = range.letters.substr(letter - range.first, 1);
    return found == "?" ? kNoEquivalent : found;
  }
  return kNoEquivalent;
}

/// Builds the text under its rules of form.
class BankText {
 public:
  BankText(NameLetters letters, size_t characters_max)
      : letters_(letters), characters_max_(characters_max) {}

  void add(char32_t letter, std::string_view sequence) {
    if (is_mark(letter)) return add_mark(letter);
    if (letters_ == NameLetters::nordic && is_nordic(letter)) return append(sequence, 1);
    for (const char c : transliterated(letter, sequence)) append({&c, 1}, 1);
  }

  std::string finish() {
    while (!text_.empty() && (text_.back() == ' ' || text_.back() == '/')) text_.pop_back();
    return has_letter_ ? std::move(text_) : std::string();
  }

 private:
  void append(std::string_view piece, size_t characters) {
    if (characters_ + characters > characters_max_) return;
    const char c = piece[0];
    const bool is_separator = c == ' ' || c == '/';
    if (is_separator && (text_.empty() || text_.back() == c)) return;
    text_ += piece;
    characters_ += characters;
    has_letter_ = has_letter_ || piece.size() > 1 || is_letter_or_digit(c);
  }

  void add_mark(char32_t mark) {
    if (letters_ != NameLetters::nordic || text_.empty()) return;
    const std::string_view letter = composed(text_.back(), mark);
    if (!letter.empty()) text_.replace(text_.size() - 1, 1, letter);
  }

  NameLetters letters_;
  size_t characters_max_;
  std::string text_;
  size_t characters_ = 0;
  bool has_letter_ = false;
};

}  // namespace

std::string to_bank_text(std::string_view text, NameLetters letters, size_t characters_max) {
  BankText made(letters, characters_max);
  while (!text.empty()) {
    const size_t length = rules::model::utf8_length(text);
    const std::string_view sequence = text.substr(0, std::max<size_t>(length, 1));
    if (length == 0) {
      made.add('.', kNoEquivalent);
    } else {
      made.add(decode(sequence), sequence);
    }
    text.remove_prefix(sequence.size());
  }
  return made.finish();
}

bool is_bank_text(std::string_view text) {
  return !text.empty() && to_bank_text(text, NameLetters::nordic, count_characters(text)) == text;
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace lupaus::server::finance
