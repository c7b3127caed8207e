#include "rules/language/wording.h"

#include <algorithm>

#include "rules/language/wording_numbers.h"
#include "rules/language/wording_words.h"

namespace lupaus::rules::language {
namespace {

using Token = WordingToken;
using Kind = Quantity::Kind;

/// Reads one text; lives for it.
class Reader {
 public:
  Reader(std::string_view text, std::string_view language, const LanguageWords& words)
      : text_(text), language_(language), words_(words), tokens_(wording_tokens(text)) {}

  WordingReading run() {
    while (at_ < tokens_.size()) {
      if (!quantity()) ++at_;
    }
    for (const Token& token : tokens_) {
      if (is_word_among(token.text, words_.consequences)) reading_.has_consequence = true;
    }
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (is_part_of_a_price(at)) reading_.has_consequence = true;
    }
    for (const Quantity& quantity : reading_.quantities) {
      if (!quantity.is_time()) reading_.has_consequence = true;
    }
    find_phrases(words_.speeds, reading_.speeds);
    find_phrases(words_.hedges, reading_.hedges);
    return std::move(reading_);
  }

 private:
  std::string_view word(size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  /// Whether a mark that ends a thought stands before the token: `€10, £5`.
  bool is_apart(size_t at) const {
    if (at == 0 || at >= tokens_.size()) return false;
    const size_t begin = tokens_[at - 1].end;
    return text_.substr(begin, tokens_[at].begin - begin).find_first_of(",;.:/()") !=
           std::string_view::npos;
  }
  const UnitWord* unit_at(size_t at) const {
    for (const UnitWord& unit : words_.units) {
      if (at < tokens_.size() && is_word_like(tokens_[at].text, unit.pattern)) return &unit;
    }
    return nullptr;
  }
  /// The unit at or after `at`, over words that may stand between.
  struct Unit {
    const UnitWord* word = nullptr;
    Kind kind = Kind::time;
    size_t end = 0;
  };
  std::optional<Unit> find_unit(size_t at) const {
    bool is_business = false, is_calendar = false;
    for (size_t skipped = 0; skipped < 3; ++skipped, ++at) {
      if (const UnitWord* unit = unit_at(at)) {
        Kind kind = unit->kind;
        if (kind == Kind::days && is_business) kind = Kind::business_days;
        if (kind == Kind::days && is_calendar) kind = Kind::calendar_days;
        return Unit{unit, kind, at + 1};
      }
      if (!is_word_among(word(at), words_.between)) return std::nullopt;
      is_business = is_business || is_word_among(word(at), words_.business);
      is_calendar = is_calendar || is_word_among(word(at), words_.calendar);
    }
    return std::nullopt;
  }

  void add(Kind kind, int64_t thousandths, size_t begin, size_t end, bool is_certain = true) {
    Quantity quantity;
    quantity.kind = kind;
    quantity.thousandths = thousandths;
    quantity.is_certain = is_certain;
    quantity.phrase =
        text_.substr(tokens_[begin].begin, tokens_[end - 1].end - tokens_[begin].begin);
    reading_.quantities.push_back(std::move(quantity));
    at_ = end;
  }
  void add_unit(int64_t thousandths, const Unit& unit, size_t begin, bool is_certain = true) {
    if (unit.kind != Kind::time) return add(unit.kind, thousandths, begin, unit.end, is_certain);
    const int64_t length = unit.word->milliseconds * (thousandths / 1000) +
                           unit.word->milliseconds * (thousandths % 1000) / 1000;
    // `1 hour 30 minutes` is one length.
    const bool goes_on = last_unit_ > unit.word->milliseconds && is_adjacent(begin) && is_certain;
    if (goes_on) {
      Quantity& before = reading_.quantities.back();
      before.thousandths += length;
      before.phrase = text_.substr(last_begin_, tokens_[unit.end - 1].end - last_begin_);
      at_ = unit.end;
    } else {
      last_begin_ = tokens_[begin].begin;
      add(Kind::time, length, begin, unit.end, is_certain);
    }
    last_unit_ = unit.word->milliseconds;
    last_end_ = unit.end;
  }
  bool is_adjacent(size_t begin) const {
    static constexpr std::string_view kAnd[] = {"ja", "och", "and"};
    const bool has_and = begin > 0 && is_word_among(word(begin - 1), kAnd);
    return last_end_ != 0 && (begin == last_end_ || (has_and && begin == last_end_ + 1));
  }

  bool quantity() {
    if (half_or_quarter()) return true;
    size_t end = at_;
    if (const auto thousandths = number(end)) return numbered(*thousandths, end);
    return unnumbered();
  }

  /// The number at `end`, which moves behind it: digits or words (`twenty five`).
  std::optional<int64_t> number(size_t& end) const {
    const Token& token = tokens_[end];
    if (token.kind == Token::Kind::number) {
      ++end;
      return token.thousandths;
    }
    const auto first = find_number_word(token.text, language_);
    // `en`, `ett` are articles too; see unnumbered().
    if (!first || is_word_among(token.text, words_.one)) return std::nullopt;
    ++end;
    constexpr int kNone = 10;  // not below ten: no unit
    const int unit =
        end < tokens_.size() ? find_number_word(word(end), language_).value_or(kNone) : kNone;
    if (*first >= 20 && *first % 10 == 0 && unit < 10) {
      ++end;
      return (*first + unit) * int64_t{1000};
    }
    return *first * int64_t{1000};
  }
  bool numbered(int64_t thousandths, size_t end) {
    const size_t begin = at_;
    const bool is_part_of_larger = (begin > 0 && is_word_among(word(begin - 1), words_.larger)) ||
                                   is_word_among(word(end), words_.larger);
    if (is_part_of_larger) {
      at_ = end;
      return true;
    }
    const bool is_again = is_said_again(thousandths, end);
    if (is_again) ++end;
    const bool is_alone = !is_again && is_apart(end);
    const auto after = is_alone ? std::string_view() : currencies_of(word(end));
    const auto unit = is_alone ? std::nullopt : find_unit(end);
    if (unit) {
      add_unit(thousandths, *unit, begin);
    } else if (!is_alone && is_percent_word(word(end))) {
      add(Kind::percent, thousandths, begin, end + 1);
    } else if (word(end) == "per" && word(end + 1) == "cent") {
      add(Kind::percent, thousandths, begin, end + 2);
    } else if (!after.empty()) {
      add(Kind::money, thousandths, begin, end + 1);
      reading_.quantities.back().currencies = after;
      money_end_ = end + 1;
    } else if (begin > 0 && begin != money_end_ && !is_apart(begin) &&
               is_before_sums(word(begin - 1))) {
      add(Kind::money, thousandths, begin - 1, end);
      reading_.quantities.back().currencies = currencies_of(word(begin - 1));
    } else {
      at_ = end;
    }
    return true;
  }
  /// The number in brackets behind its word: `fifteen (15) minutes`.
  bool is_said_again(int64_t thousandths, size_t at) const {
    if (at == 0 || at >= tokens_.size()) return false;
    const Token& token = tokens_[at];
    const size_t before = tokens_[at - 1].end;
    return token.kind == Token::Kind::number && token.thousandths == thousandths &&
           text_.substr(before, token.begin - before).ends_with('(') &&
           text_.substr(token.end).starts_with(')');
  }
  /// `a quarter of your fare`: what is given back, or what is taken off.
  bool is_part_of_a_price(size_t at) const {
    static constexpr std::string_view kParts[] = {"quarter", "half", "third"};
    static constexpr std::string_view kWhose[] = {"your", "the"};
    return language_ == "en" && is_word_among(word(at), kParts) && word(at + 1) == "of" &&
           is_word_among(word(at + 2), kWhose) && at + 3 < tokens_.size() &&
           unit_at(at + 3) == nullptr && word(at + 3) != "time";
  }
  /// Signs and codes stand before sums; `euroa` only after them.
  static bool is_before_sums(std::string_view word) {
    static constexpr std::string_view kBefore[] = {"€",   "£",   "$",   "eur", "gbp", "usd",
                                                   "sek", "nok", "dkk", "chf", "jpy"};
    return is_word_among(word, kBefore);
  }

  /// `within an hour`, `inom en timme`, `tunnissa`, `next business day`.
  bool unnumbered() {
    const bool is_one = is_word_among(word(at_), words_.one);
    const bool is_next = is_word_among(word(at_), words_.next);
    if (is_one || is_next) {
      const auto unit = find_unit(at_ + 1);
      if (!unit) return false;
      const bool is_within = at_ > 0 && is_word_among(word(at_ - 1), words_.within);
      if (word(unit->end) == "and" && word(unit->end + 1) == "a" && word(unit->end + 2) == "half" &&
          unit->kind == Kind::time && unit_at(unit->end + 3) == nullptr) {
        last_unit_ = 0;
        add(Kind::time, unit->word->milliseconds * 3 / 2, at_, unit->end + 3, is_one && is_within);
        return true;
      }
      const bool goes_on = is_word_among(word(unit->end), std::span(kHalfFollows));
      add_unit(1000, *unit, at_, is_one && is_within && !goes_on);
      return true;
    }
    const std::string_view here = word(at_);
    const bool is_inside = here.ends_with("ssa") || here.ends_with("ssä");
    if (language_ != "fi" || !is_inside) return false;
    const auto unit = find_unit(at_);
    if (!unit) return false;
    const bool is_length = unit->kind == Kind::time || unit->kind == Kind::days;
    add_unit(1000, *unit, at_, is_length && unit->end == at_ + 1 && !is_rate_or_vague(at_));
    return true;
  }
  /// `kerran tunnissa`, `20 asiakasta tunnissa`, `parissa minuutissa`: not one whole unit.
  bool is_rate_or_vague(size_t at) const {
    static constexpr std::string_view kTimes[] = {"kerran", "kert*", "jok*", "aina", "usei*"};
    if (at == 0) return false;
    if (word(at - 1).ends_with("ssa") || word(at - 1).ends_with("ssä")) return true;
    for (size_t back = 1; back <= 3 && back <= at; ++back) {
      const Token& token = tokens_[at - back];
      if (token.kind != Token::Kind::word || is_word_among(token.text, kTimes) ||
          find_number_word(token.text, language_))
        return true;
    }
    return false;
  }
  static constexpr std::string_view kHalfFollows[] = {"and", "och", "ja"};

  /// `puolessa tunnissa`, `puolentoista tunnin`, `vartissa`, `en halvtimme`, `half an hour`,
  /// `a quarter of an hour`.
  bool half_or_quarter() {
    constexpr int64_t kHour = 3'600'000;
    const auto length = [&](int64_t milliseconds, size_t end, bool is_certain = true) {
      last_unit_ = 0;
      add(Kind::time, milliseconds, at_, end, is_certain);
      return true;
    };
    const auto is = [&](size_t ahead, std::initializer_list<std::string_view> patterns) {
      return is_word_among(word(at_ + ahead), {patterns.begin(), patterns.size()});
    };
    if (const auto quarters = quarters_at(at_)) {
      return length(quarters->first * kHour / 4 / 1000, quarters->second);
    }
    if (language_ == "fi") {
      const bool is_hour = unit_at(at_ + 1) != nullptr && unit_at(at_ + 1)->milliseconds == kHour;
      if (is(0, {"puoli", "puolen", "puolta", "puolessa"}) && is_hour) {
        return length(kHour / 2, at_ + 2);
      }
      if (is(0, {"puolitoista", "puolentoista", "puoltatoista", "puolessatoista"}) && is_hour) {
        return length(kHour * 3 / 2, at_ + 2);
      }
      if (is(0, {"puolituntia", "puolituntinen"})) return length(kHour / 2, at_ + 1);
    }
    if (language_ == "sv") {
      if (is(0, {"en"}) && is(1, {"och"}) && is(2, {"en"}) && is(3, {"halv"}) && is(4, {"timm*"})) {
        return length(kHour * 3 / 2, at_ + 5);
      }
      if (is(0, {"halv", "halva"}) && is(1, {"timm*"})) return length(kHour / 2, at_ + 2);
      if (is(0, {"halvtimm*"})) return length(kHour / 2, at_ + 1);
    }
    if (language_ == "en") {
      const bool is_added = at_ > 1 && word(at_ - 2) == "and" && word(at_ - 1) == "a";
      if (is(0, {"half"}) && is(1, {"an", "a"}) && is(2, {"hour"}))
        return length(kHour / 2, at_ + 3);
      if (is(0, {"half"}) && is(1, {"hour"})) return length(kHour / 2, at_ + 2);
      if (is(0, {"half"}) && is_added) {
        const bool has_unit = unit_at(at_ + 1) != nullptr;
        return length(kHour / 2, at_ + (has_unit ? 2 : 1), false);
      }
      if (is(0, {"quarter"}) && is(1, {"of"}) && is(2, {"an"}) && is(3, {"hour"})) {
        return length(kHour / 4, at_ + 4);
      }
      if (is(0, {"three"}) && is(1, {"quarters"}) && is(2, {"of"}) && is(4, {"hour"})) {
        return length(kHour * 3 / 4, at_ + 5);
      }
    }
    return false;
  }

  /// `vartissa`, `neljännestunnissa`, `tre kvart`: how many thousandths, and the token behind.
  std::optional<std::pair<int64_t, size_t>> quarters_at(size_t at) const {
    static constexpr std::string_view kQuarters[] = {"vartti*", "varti*", "neljännestun*"};
    static constexpr std::string_view kKvart[] = {"kvart", "kvarts"};
    const auto is_quarter = [&](size_t where) {
      return (language_ == "fi" && is_word_among(word(where), kQuarters)) ||
             (language_ == "sv" && is_word_among(word(where), kKvart));
    };
    if (is_quarter(at)) return std::pair(int64_t{1000}, at + 1);
    size_t end = at;
    const auto count = number(end);
    if (!count || is_apart(end) || !is_quarter(end)) return std::nullopt;
    return std::pair(*count, end + 1);
  }

  void find_phrases(std::span<const std::string_view> phrases,
                    std::vector<std::string>& found) const {
    for (const std::string_view phrase : phrases) {
      for (size_t at = 0; at < tokens_.size(); ++at) {
        if (!is_phrase_at(phrase, at)) continue;
        found.emplace_back(phrase);
        break;
      }
    }
  }
  bool is_phrase_at(std::string_view phrase, size_t at) const {
    while (!phrase.empty()) {
      const size_t space = std::min(phrase.find(' '), phrase.size());
      if (!is_word_like(word(at), phrase.substr(0, space)) || word(at).empty()) return false;
      phrase.remove_prefix(std::min(space + 1, phrase.size()));
      ++at;
    }
    return true;
  }

  std::string_view text_;
  std::string_view language_;
  const LanguageWords& words_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t money_end_ = 0;   ///< token behind the last sum whose currency follows it
  int64_t last_unit_ = 0;  ///< of the last length of time
  size_t last_begin_ = 0;  ///< its first byte
  size_t last_end_ = 0;    ///< the token behind it
  WordingReading reading_;
};

}  // namespace

bool is_wording_language(std::string_view language) {
  return find_language_words(language) != nullptr;
}

WordingReading read_wording(std::string_view text, std::string_view language) {
  const LanguageWords* words = find_language_words(language);
  return words == nullptr ? WordingReading{} : Reader(text, language, *words).run();
}

}  // namespace lupaus::rules::language
