#include "rules/language/cel_parser.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "rules/language/cel_lexer.h"
#include "rules/language/codes.h"

namespace lupaus::rules::language {
namespace {

using Kind = CelExpression::Kind;
using Token = CelToken::Kind;

constexpr std::array<std::string_view, 17> kReserved = {
    "as",  "break", "const",     "continue", "else",   "for", "function", "if",   "import",
    "let", "loop",  "namespace", "package",  "return", "var", "void",     "while"};

class CelParser {
 public:
  explicit CelParser(std::vector<CelToken> tokens) : tokens_(std::move(tokens)) {}

  model::Result<CelPtr> run() {
    CelPtr tree = expression();
    if (!failure_ && current().kind != Token::end) {
      fail(kConditionSyntax, "expected the end of the condition, but found " + shown());
    }
    if (failure_) return *failure_;
    return tree;
  }

 private:
  const CelToken& current() const { return tokens_[at_]; }
  bool is_symbol(std::string_view text) const {
    return current().kind == Token::symbol && current().text == text;
  }
  bool take(std::string_view text) {
    if (failure_ || !is_symbol(text)) return false;
    ++at_;
    return true;
  }
  std::string shown() const {
    if (current().kind == Token::end) return "nothing";
    if (current().kind == Token::string) return "the string \"" + current().text + "\"";
    if (current().kind == Token::symbol || current().kind == Token::identifier) {
      return "`" + current().text + "`";
    }
    return "a number";
  }
  void expect(std::string_view text) {
    if (failure_ || take(text)) return;
    fail(kConditionSyntax, "expected `" + std::string(text) + "`, but found " + shown());
  }
  void fail(std::string_view code, std::string message, std::string hint = "") {
    if (!failure_) failure_ = cel_error(code, current().at, std::move(message), std::move(hint));
  }
  void refuse(std::string_view what) {
    fail(kConditionUnsupported, std::string(what) + " not supported yet",
         "conditions compare attributes with ==, !=, <, <=, >, >=, in, &&, ||, ! and ?:");
  }
  CelPtr make(Kind kind, size_t at) const {
    auto tree = std::make_unique<CelExpression>();
    tree->kind = kind;
    tree->at = at;
    return tree;
  }
  CelPtr constant(size_t at, CelType type, CelValue value) const {
    CelPtr tree = make(Kind::constant, at);
    tree->type = type;
    tree->constant = value;
    return tree;
  }

  CelPtr expression() {
    if (++depth_ > kConditionDepthMax) {
      fail(kConditionSyntax, "expected a condition nested at most 100 deep, but this is deeper");
    }
    CelPtr tree = failure_ ? make(Kind::constant, 0) : disjunction();
    if (take("?")) {
      CelPtr choice = make(Kind::conditional, tree->at);
      choice->children.push_back(std::move(tree));
      choice->children.push_back(disjunction());
      expect(":");
      choice->children.push_back(expression());
      tree = std::move(choice);
    }
    --depth_;
    return tree;
  }
  CelPtr disjunction() {
    CelPtr first = conjunction();
    if (!is_symbol("||")) return first;
    CelPtr tree = make(Kind::logical_or, first->at);
    tree->children.push_back(std::move(first));
    while (take("||")) tree->children.push_back(conjunction());
    return tree;
  }
  CelPtr conjunction() {
    CelPtr first = relation();
    if (!is_symbol("&&")) return first;
    CelPtr tree = make(Kind::logical_and, first->at);
    tree->children.push_back(std::move(first));
    while (take("&&")) tree->children.push_back(relation());
    return tree;
  }
  std::optional<Kind> relation_kind() const {
    if (current().kind == Token::identifier && current().text == "in") return Kind::in;
    if (current().kind != Token::symbol) return std::nullopt;
    static constexpr std::pair<std::string_view, Kind> kKinds[] = {
        {"==", Kind::equal},      {"!=", Kind::not_equal}, {"<", Kind::less},
        {"<=", Kind::less_equal}, {">", Kind::greater},    {">=", Kind::greater_equal}};
    for (const auto& [text, kind] : kKinds) {
      if (current().text == text) return kind;
    }
    return std::nullopt;
  }
  CelPtr relation() {
    CelPtr tree = sum();
    int length = 0;
    while (const auto kind = failure_ ? std::nullopt : relation_kind()) {
      // WHY: a chain like a == b == c nests to the left, one level of the stack for each link.
      if (++length > kConditionDepthMax)
        fail(kConditionSyntax, "expected fewer comparisons in a row");
      CelPtr parent = make(*kind, current().at);
      ++at_;
      parent->children.push_back(std::move(tree));
      parent->children.push_back(sum());
      tree = std::move(parent);
    }
    return tree;
  }
  CelPtr sum() {
    CelPtr tree = unary();
    if (!failure_ && current().kind == Token::symbol &&
        std::string_view("+-*/%").find(current().text) != std::string_view::npos) {
      refuse("arithmetic (`" + current().text + "`) is");
    }
    return tree;
  }
  CelPtr unary() {
    const size_t at = current().at;
    if (is_symbol("!")) {
      bool is_odd = false;
      while (take("!")) is_odd = !is_odd;
      CelPtr tree = make(Kind::logical_not, at);
      tree->children.push_back(unary_operand());
      if (is_odd) return tree;
      CelPtr outer = make(Kind::logical_not, at);
      outer->children.push_back(std::move(tree));
      return outer;
    }
    if (take("-")) {
      if (current().kind == Token::integer || current().kind == Token::real) return number(true);
      refuse("arithmetic (`-`) is");
      return make(Kind::constant, at);
    }
    return member();
  }
  CelPtr unary_operand() {
    if (is_symbol("-")) refuse("arithmetic (`-`) is");
    return member();
  }
  CelPtr member() {
    CelPtr tree = primary();
    int length = 0;
    while (!failure_) {
      if (is_symbol("[")) {
        refuse("indexing (`[…]`) is");
      } else if (!take(".")) {
        break;
      }
      if (++length > kConditionDepthMax)
        fail(kConditionSyntax, "expected fewer selections in a row");
      if (failure_) break;
      if (current().kind != Token::identifier || current().text == "in" ||
          current().text == "true" || current().text == "false" || current().text == "null") {
        fail(kConditionSyntax, "expected a name after `.`, but found " + shown());
        break;
      }
      CelPtr parent = make(Kind::select, tree->at);
      parent->text = current().text;
      ++at_;
      parent->children.push_back(std::move(tree));
      if (take("(")) {
        parent->kind = Kind::call;
        parent->is_member = true;
        arguments(*parent, ")");
      }
      tree = std::move(parent);
    }
    return tree;
  }
  void arguments(CelExpression& tree, std::string_view closing) {
    if (take(closing)) return;
    do {
      if (closing == "]" && is_symbol("]")) break;  // a trailing comma is legal in a list
      tree.children.push_back(expression());
    } while (take(","));
    expect(closing);
  }
  CelPtr number(bool is_negative) {
    const CelToken token = current();
    ++at_;
    if (token.kind == Token::real) {
      CelValue value;
      value.kind = CelValue::Kind::real;
      value.real = is_negative ? -token.real : token.real;
      return constant(token.at, CelType::real, value);
    }
    if (!is_negative && token.magnitude > std::numeric_limits<int64_t>::max()) {
      --at_;
      fail(kConditionSyntax, "expected a whole number of at most 64 bits");
    }
    const int64_t value =
        static_cast<int64_t>(is_negative ? uint64_t{0} - token.magnitude : token.magnitude);
    return constant(token.at, CelType::integer, CelValue::number(CelValue::Kind::integer, value));
  }
  CelPtr primary() {
    const CelToken& token = current();
    const size_t at = token.at;
    if (failure_) return make(Kind::constant, at);
    if (token.kind == Token::integer || token.kind == Token::real) return number(false);
    if (token.kind == Token::string) {
      CelPtr tree = constant(at, CelType::string, {});
      tree->text = token.text;
      tree->constant = CelValue::string(tree->text);
      ++at_;
      return tree;
    }
    if (token.kind == Token::identifier) return identifier();
    if (take("(")) {
      CelPtr tree = expression();
      expect(")");
      return tree;
    }
    if (take("[")) {
      CelPtr tree = make(Kind::list, at);
      tree->type = CelType::list;
      arguments(*tree, "]");
      return tree;
    }
    if (is_symbol("{")) refuse("maps (`{…}`) are");
    fail(kConditionSyntax, "expected a value, but found " + shown());
    return make(Kind::constant, at);
  }
  CelPtr identifier() {
    const CelToken token = current();
    if (token.text == "true" || token.text == "false") {
      ++at_;
      return constant(token.at, CelType::boolean, CelValue::boolean(token.text == "true"));
    }
    if (token.text == "null") refuse("`null` is");
    if (token.text == "in" ||
        std::find(kReserved.begin(), kReserved.end(), token.text) != kReserved.end()) {
      fail(kConditionSyntax, "expected a value, but found the reserved word `" + token.text + "`");
    }
    if (failure_) return make(Kind::constant, token.at);
    ++at_;
    CelPtr tree = make(Kind::name, token.at);
    tree->text = token.text;
    if (take("(")) {
      tree->kind = Kind::call;
      arguments(*tree, ")");
    }
    return tree;
  }

  std::vector<CelToken> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  std::optional<model::Error> failure_;
};

}  // namespace

std::string_view format_cel_type(CelType type) {
  static constexpr std::array<std::string_view, 8> kNames = {"bool",  "int",  "double",   "string",
                                                             "money", "time", "duration", "list"};
  return kNames[static_cast<size_t>(type)];
}

model::Result<CelPtr> parse_cel(std::string_view text) {
  if (text.size() > kConditionBytesMax) {
    return cel_error(kConditionSyntax, 0,
                     "expected a condition of at most 8192 bytes, but this one is longer");
  }
  auto tokens = tokenize_cel(text);
  if (!tokens) return tokens.error();
  return CelParser(std::move(*tokens)).run();
}

}  // namespace lupaus::rules::language
