// What a wording tells its reader: the times, sums and shares that it names, whether it says what
// happens when the promise is broken, and the words that promise nothing. Knows fi, sv and en.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lupaus::rules::language {

/// `15 minuutissa`, `EUR 10`, `25 %`.
struct Quantity {
  enum class Kind : uint8_t {
    time,  ///< seconds, minutes, hours: in milliseconds
    days,
    business_days,
    calendar_days,
    weeks,
    long_time,  ///< months and years, which vary: never compared
    percent,
    money
  };
  Kind kind = Kind::time;
  int64_t thousandths = 0;  ///< of a second, day, week, percent, or whole unit of currency
  std::string currencies;   ///< of money: the codes that the word may mean, "SEK NOK DKK"
  std::string phrase;       ///< as written
  bool is_certain = true;  ///< false for `a day`, `seuraavana päivänä`: named, but not to compare

  bool is_time() const { return kind != Kind::percent && kind != Kind::money; }
};

struct WordingReading {
  std::vector<Quantity> quantities;  ///< in the order of the text
  bool has_consequence = false;      ///< a sum, a share, or a word such as `refund`
  std::vector<std::string> speeds;   ///< `soon`, `mahdollisimman nopeasti`: no limit
  std::vector<std::string> hedges;   ///< `we aim to`, `yleensä`: no promise
};

/// Whether wordings of that language are understood.
bool is_wording_language(std::string_view language);

/// `text` is UTF-8. Empty for a language that is not understood.
WordingReading read_wording(std::string_view text, std::string_view language);

/// A word, number or sign of a text.
struct WordingToken {
  enum class Kind : uint8_t { word, number, sign };
  Kind kind = Kind::word;
  std::string text;           ///< small letters
  int64_t thousandths = 0;    ///< of a number
  size_t begin = 0, end = 0;  ///< bytes of the text
};
std::vector<WordingToken> wording_tokens(std::string_view text);

}  // namespace lupaus::rules::language
