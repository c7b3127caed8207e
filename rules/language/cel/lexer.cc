#include "rules/language/cel/lexer.h"

#include <charconv>
#include <optional>
#include <utility>

#include "rules/language/cel/arithmetic.h"
#include "rules/language/codes.h"
#include "rules/model/utf8.h"

namespace lupaus::rules::language::cel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void append_utf8(std::string& text, uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  model::Result<std::vector<Token>> run() {
    check_utf8();
    while (!failure_) {
      skip_space();
      if (at_ >= text_.size()) break;
      next();
    }
    if (failure_) return *failure_;
    tokens_.push_back({Token::Kind::end, text_.size(), "", 0, 0});
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void fail(std::string_view code, size_t at, std::string message, std::string hint) {
    if (!failure_) failure_ = error_at(code, at, std::move(message), std::move(hint));
  }
  void check_utf8() {
    for (size_t i = 0; i < text_.size() && !failure_;) {
      const size_t length = model::utf8_length(text_.substr(i));
      if (length == 0)
        fail(kConditionSyntax, i, "expected UTF-8, but this byte is none",
             "save the text as UTF-8");
      i += length;
    }
  }
  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else if (c == '/' && peek(1) == '/') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }
  void next() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '"' || c == '\'') return string(at_, false);
    if (is_letter(c)) return word();
    return symbol();
  }
  void word() {
    const size_t begin = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const bool is_quote = peek() == '"' || peek() == '\'';
    if (is_quote && (word == "r" || word == "R")) return string(begin, true);
    if (is_quote && (word == "b" || word == "B" || word == "br" || word == "rb")) {
      return fail(kConditionUnsupported, begin, "bytes are not supported",
                  "write a string, without the `b`");
    }
    tokens_.push_back({Token::Kind::identifier, begin, std::string(word), 0, 0});
  }
  void number() {
    const size_t begin = at_;
    Token token{Token::Kind::integer, begin, "", 0, 0};
    const bool is_hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
    if (is_hex) at_ += 2;
    const size_t digits = at_;
    const auto is_hex_digit = [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    while (is_hex ? is_hex_digit(peek()) : is_digit(peek())) ++at_;
    if (!is_hex && take_fraction()) {
      token.kind = Token::Kind::real;
      const auto real = parse_real(text_.substr(begin, at_ - begin));
      if (!real) {
        return fail(kConditionSyntax, begin, "expected a number, but this one is too large",
                    "write a smaller number");
      }
      token.real = *real;
    } else {
      const char* last = text_.data() + at_;
      const auto [end, error] =
          std::from_chars(text_.data() + digits, last, token.magnitude, is_hex ? 16 : 10);
      if (error != std::errc() || end != last || token.magnitude > (uint64_t{1} << 63)) {
        return fail(kConditionSyntax, begin, "expected a whole number of at most 64 bits",
                    "write a smaller number");
      }
    }
    if (peek() == 'u' || peek() == 'U') {
      return fail(kConditionUnsupported, begin, "unsigned numbers are not supported",
                  "leave the `u` out");
    }
    if (is_letter(peek())) {
      return fail(kConditionSyntax, begin, "expected a number, but a letter follows it",
                  "a length of time is written duration(\"15m\")");
    }
    tokens_.push_back(std::move(token));
  }
  bool take_fraction() {
    bool is_real = false;
    if (peek() == '.' && is_digit(peek(1))) {
      is_real = true;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        is_real = true;
        at_ += 1 + sign;
        while (is_digit(peek())) ++at_;
      }
    }
    return is_real;
  }
  void string(size_t begin, bool is_raw) {
    const char quote = peek();
    const bool is_triple = peek(1) == quote && peek(2) == quote;
    at_ += is_triple ? 3 : 1;
    Token token{Token::Kind::string, begin, "", 0, 0};
    while (true) {
      if (at_ >= text_.size() || (!is_triple && is_line_end(text_[at_]))) {
        return fail(kConditionSyntax, begin, "expected the closing quote of this string",
                    "close it with the quote that it begins with");
      }
      if (text_[at_] == quote && (!is_triple || (peek(1) == quote && peek(2) == quote))) break;
      if (text_[at_] == '\\' && !is_raw) {
        if (!escape(token.text)) return;
      } else {
        token.text += text_[at_++];
      }
    }
    at_ += is_triple ? 3 : 1;
    tokens_.push_back(std::move(token));
  }
  /// Reads `count` digits of `radix`; nullopt when there are fewer.
  std::optional<uint32_t> code_digits(size_t count, int radix) {
    if (at_ + count > text_.size()) return std::nullopt;
    uint32_t code = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + count, code, radix);
    if (error != std::errc() || end != begin + count) return std::nullopt;
    at_ += count;
    return code;
  }
  bool escape(std::string& text) {
    const size_t begin = at_;
    ++at_;
    const char c = peek();
    static constexpr std::string_view kFrom = "abfnrtv\\?\"'`";
    static constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\?\"'`";
    if (const size_t found = kFrom.find(c); c != '\0' && found != std::string_view::npos) {
      ++at_;
      text += kTo[found];
      return true;
    }
    std::optional<uint32_t> code;
    if (c == 'x' || c == 'X' || c == 'u' || c == 'U') {
      ++at_;
      code = code_digits(c == 'u' ? 4 : (c == 'U' ? 8 : 2), 16);
    } else if (c >= '0' && c <= '3') {
      code = code_digits(3, 8);
    }
    if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) {
      fail(kConditionSyntax, begin, "expected an escape such as \\n or \\u00e4, but this is none",
           "write \\\\ for a backslash");
      return false;
    }
    append_utf8(text, *code);
    return true;
  }
  void symbol() {
    static constexpr std::string_view kPairs[] = {"==", "!=", "<=", ">=", "&&", "||"};
    for (std::string_view pair : kPairs) {
      if (text_.substr(at_, 2) == pair) {
        tokens_.push_back({Token::Kind::symbol, at_, std::string(pair), 0, 0});
        at_ += 2;
        return;
      }
    }
    const char c = text_[at_];
    if (std::string_view("<>!()[]{}.,?:+-*/%").find(c) != std::string_view::npos && c != '\0') {
      tokens_.push_back({Token::Kind::symbol, at_, std::string(1, c), 0, 0});
      ++at_;
      return;
    }
    std::string hint = "leave it out; a text stands in quotes, as in ticket.service == \"cash\"";
    if (c == '=') hint = "equality is written ==";
    if (c == '&' || c == '|') hint = "write && for and, || for or";
    const std::string shown = static_cast<unsigned char>(c) < 0x80 && c >= ' '
                                  ? "`" + std::string(1, c) + "`"
                                  : std::string("a sign of another alphabet");
    fail(kConditionSyntax, at_, "expected a condition, but found " + shown, std::move(hint));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
  std::optional<model::Error> failure_;
};

}  // namespace

model::Error error_at(std::string_view code, size_t at, std::string message, std::string hint) {
  return {
      std::string(code), std::move(message), std::move(hint), {"", 0, static_cast<uint32_t>(at)}};
}

model::Result<std::vector<Token>> tokenize(std::string_view text) { return Lexer(text).run(); }

}  // namespace lupaus::rules::language::cel
