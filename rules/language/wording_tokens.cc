// Cuts a wording into words, numbers and signs.
#include "rules/language/wording.h"

namespace lupaus::rules::language {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// More digits name no time or sum of a promise, and would not fit.
constexpr size_t kDigitsMax = 9;

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  std::vector<WordingToken> run() {
    while (at_ < text_.size()) {
      if (is_digit(text_[at_])) {
        number();
      } else if (letter_size(at_) != 0) {
        word();
      } else if (const size_t size = sign_size()) {
        push(WordingToken::Kind::sign, at_, at_ + size);
        at_ += size;
      } else {
        ++at_;
      }
    }
    return std::move(tokens_);
  }

 private:
  bool has(std::string_view what, size_t at) const { return text_.substr(at, what.size()) == what; }
  size_t sign_size() const {
    for (const std::string_view sign : {"€", "£", "$", "%"}) {
      if (has(sign, at_)) return sign.size();
    }
    return 0;
  }
  /// Bytes of the letter there, 0 for none. Of what is not ASCII, only two-byte letters and
  /// those beyond punctuation count.
  size_t letter_size(size_t at) const {
    if (at >= text_.size()) return 0;
    const auto first = static_cast<unsigned char>(text_[at]);
    if (first < 0x80) return is_letter(text_[at]) ? 1 : 0;
    if (first >= 0xC3 && first <= 0xDF && at + 1 < text_.size()) return 2;
    return 0;
  }
  /// Bytes of the space there: plain, no-break, narrow no-break.
  size_t space_size(size_t at) const {
    for (const std::string_view space : {" ", "\xC2\xA0", "\xE2\x80\xAF"}) {
      if (has(space, at)) return space.size();
    }
    return 0;
  }
  size_t digits(size_t at) const {
    size_t count = 0;
    while (at + count < text_.size() && is_digit(text_[at + count])) ++count;
    return count;
  }

  /// `1 000`, `1.000`, `1,000`, `10,50`, `10.5`: three digits after a mark are thousands.
  void number() {
    const size_t begin = at_;
    size_t count = digits(at_);
    std::string whole(text_.substr(at_, count));
    at_ += count;
    while (whole.size() <= kDigitsMax) {
      const bool is_mark = at_ < text_.size() && (text_[at_] == '.' || text_[at_] == ',');
      const size_t gap = is_mark ? 1 : space_size(at_);
      if (gap == 0 || count > 3 || digits(at_ + gap) != 3) break;
      whole += text_.substr(at_ + gap, 3);
      at_ += gap + 3;
    }
    std::string part;
    const bool has_mark = at_ < text_.size() && (text_[at_] == '.' || text_[at_] == ',');
    if (const size_t size = has_mark ? digits(at_ + 1) : 0; size == 1 || size == 2) {
      part = text_.substr(at_ + 1, size);
      at_ += size + 1;
    }
    WordingToken& token = push(WordingToken::Kind::number, begin, at_);
    if (whole.size() <= kDigitsMax) {
      part.resize(3, '0');
      token.thousandths = std::stoll(whole) * 1000 + std::stoll(part);
    }
    // `15:ssä minuutissa`: the ending is no word.
    if (at_ + 1 < text_.size() && text_[at_] == ':' && letter_size(at_ + 1) != 0) {
      ++at_;
      while (const size_t size = letter_size(at_)) at_ += size;
      token.end = at_;
    }
  }
  void word() {
    const size_t begin = at_;
    while (const size_t size = letter_size(at_)) at_ += size;
    push(WordingToken::Kind::word, begin, at_);
  }

  WordingToken& push(WordingToken::Kind kind, size_t begin, size_t end) {
    WordingToken token{kind, std::string(text_.substr(begin, end - begin)), 0, begin, end};
    for (size_t i = 0; i < token.text.size(); ++i) {
      char& c = token.text[i];
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      const auto byte = static_cast<unsigned char>(c);
      const bool is_capital = i > 0 && static_cast<unsigned char>(token.text[i - 1]) == 0xC3 &&
                              byte >= 0x80 && byte <= 0x9E && byte != 0x97;
      if (is_capital) c = static_cast<char>(byte + 0x20);
    }
    tokens_.push_back(std::move(token));
    return tokens_.back();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<WordingToken> tokens_;
};

}  // namespace

std::vector<WordingToken> wording_tokens(std::string_view text) { return Tokenizer(text).run(); }

}  // namespace lupaus::rules::language
