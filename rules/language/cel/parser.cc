// From the text of an expression to its tree: the grammar of CEL without messages and bytes.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "rules/language/cel/lexer.h"
#include "rules/language/cel/tree.h"
#include "rules/language/codes.h"

namespace lupaus::rules::language::cel {
namespace {

constexpr std::array<std::string_view, 17> kReserved = {
    "as",  "break", "const",     "continue", "else",   "for", "function", "if",   "import",
    "let", "loop",  "namespace", "package",  "return", "var", "void",     "while"};
constexpr std::array<std::string_view, 4> kKeywords = {"in", "true", "false", "null"};

using Operators = std::span<const std::pair<std::string_view, Op>>;
constexpr std::pair<std::string_view, Op> kRelations[] = {
    {"==", Op::equal},  {"!=", Op::not_equal},     {"<", Op::less}, {"<=", Op::less_equal},
    {">", Op::greater}, {">=", Op::greater_equal}, {"in", Op::in}};
constexpr std::pair<std::string_view, Op> kSums[] = {{"+", Op::add}, {"-", Op::subtract}};
constexpr std::pair<std::string_view, Op> kProducts[] = {
    {"*", Op::multiply}, {"/", Op::divide}, {"%", Op::modulo}};

template <size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  model::Result<TreePtr> run() {
    TreePtr tree = expression();
    if (!failure_ && current().kind != Token::Kind::end) {
      fail("expected the end of the condition, but found " + shown(),
           "join conditions with && or ||, and compare with ==, !=, <, <=, > or >=");
    }
    if (failure_) return *failure_;
    return tree;
  }

 private:
  const Token& current() const { return tokens_[at_]; }
  bool is_symbol(std::string_view text) const {
    return current().kind == Token::Kind::symbol && current().text == text;
  }
  bool take(std::string_view text) {
    if (failure_ || !is_symbol(text)) return false;
    ++at_;
    return true;
  }
  std::string shown() const {
    if (current().kind == Token::Kind::end) return "nothing";
    if (current().kind == Token::Kind::string) return "the string \"" + current().text + "\"";
    if (current().kind == Token::Kind::symbol || current().kind == Token::Kind::identifier) {
      return "`" + current().text + "`";
    }
    return "a number";
  }
  void expect(std::string_view text) {
    if (failure_ || take(text)) return;
    fail("expected `" + std::string(text) + "`, but found " + shown(),
         text == ":" ? "write it as a ? b : c, or {\"key\": value}"
                     : "close with `" + std::string(text) + "` what was opened");
  }
  void fail(std::string message, std::string hint) {
    if (failure_) return;
    failure_ = error_at(kConditionSyntax, current().at, std::move(message), std::move(hint));
  }
  static TreePtr make(Op op, size_t at) {
    auto tree = std::make_unique<Tree>();
    tree->op = op;
    tree->at = static_cast<uint32_t>(at);
    return tree;
  }
  static TreePtr constant(size_t at, Value value) {
    TreePtr tree = make(Op::constant, at);
    tree->constant = value;
    return tree;
  }
  /// INVARIANT: no tree is higher than kTreeHeightMax, so that whoever walks it by recursion can.
  void adopt(Tree& parent, TreePtr child) {
    parent.height = std::max(parent.height, child->height + 1);
    parent.children.push_back(std::move(child));
    if (parent.height > kTreeHeightMax) {
      fail("expected fewer operations in a row, but these are more than 200",
           "set parts of it in parentheses");
    }
  }

  TreePtr expression() {
    if (++depth_ > kNestingMax) {
      fail("expected a condition nested at most 100 deep, but this is deeper",
           "set fewer parentheses within each other");
    }
    TreePtr tree = failure_ ? make(Op::constant, 0) : several("||", Op::logical_or);
    if (take("?")) {
      TreePtr choice = make(Op::conditional, tree->at);
      adopt(*choice, std::move(tree));
      adopt(*choice, several("||", Op::logical_or));
      expect(":");
      adopt(*choice, expression());
      tree = std::move(choice);
    }
    --depth_;
    return tree;
  }
  /// One tree for all of `a && b && c`, so that long chains are not deep.
  TreePtr several(std::string_view symbol, Op op) {
    const auto operand = [&] {
      return op == Op::logical_or ? several("&&", Op::logical_and) : relation();
    };
    TreePtr first = operand();
    if (!is_symbol(symbol)) return first;
    TreePtr tree = make(op, first->at);
    adopt(*tree, std::move(first));
    while (take(symbol)) adopt(*tree, operand());
    return tree;
  }
  std::optional<Op> take_operator(Operators known) {
    const bool is_word = current().kind == Token::Kind::identifier;
    if (failure_ || (current().kind != Token::Kind::symbol && !is_word)) return std::nullopt;
    for (const auto& [text, op] : known) {
      if (current().text != text) continue;
      ++at_;
      return op;
    }
    return std::nullopt;
  }
  template <typename Operand>
  TreePtr chain(Operators known, Operand operand) {
    TreePtr tree = operand();
    for (size_t at = current().at; const auto op = take_operator(known); at = current().at) {
      TreePtr parent = make(*op, at);
      adopt(*parent, std::move(tree));
      adopt(*parent, operand());
      tree = std::move(parent);
    }
    return tree;
  }
  TreePtr relation() {
    return chain(kRelations, [this] { return sum(); });
  }
  TreePtr sum() {
    return chain(kSums, [this] { return product(); });
  }
  TreePtr product() {
    return chain(kProducts, [this] { return unary(); });
  }
  TreePtr unary() {
    const size_t at = current().at;
    const bool is_not = is_symbol("!");
    if (!is_not && !is_symbol("-")) return member();
    size_t count = 0;
    while (take(is_not ? "!" : "-")) ++count;
    const bool is_number =
        current().kind == Token::Kind::integer || current().kind == Token::Kind::real;
    if (!is_not && is_number) {
      // The last sign belongs to the number, which may be -2^63.
      --count;
      --at_;
    }
    TreePtr tree = member();
    // Two of a kind undo each other, but for the types that they ask for.
    for (size_t i = 0; i < (count > 2 ? 2 - count % 2 : count); ++i) {
      TreePtr outer = make(is_not ? Op::logical_not : Op::negate, at);
      adopt(*outer, std::move(tree));
      tree = std::move(outer);
    }
    return tree;
  }
  TreePtr member() {
    TreePtr tree = primary();
    while (!failure_) {
      const size_t at = current().at;
      if (take("[")) {
        TreePtr parent = make(Op::index, at);
        adopt(*parent, std::move(tree));
        adopt(*parent, expression());
        expect("]");
        tree = std::move(parent);
      } else if (take(".")) {
        tree = selection(std::move(tree));
      } else {
        break;
      }
    }
    return tree;
  }
  TreePtr selection(TreePtr tree) {
    if (current().kind != Token::Kind::identifier || is_among(kKeywords, current().text)) {
      fail("expected a name after `.`, but found " + shown(),
           "write an attribute, as in ticket.service");
      return tree;
    }
    TreePtr parent = make(Op::select, tree->at);
    parent->text = current().text;
    const size_t name_at = current().at;
    ++at_;
    adopt(*parent, std::move(tree));
    if (!take("(")) return parent;
    parent->op = Op::call;
    parent->is_member = true;
    parent->at = static_cast<uint32_t>(name_at);
    arguments(*parent, ")");
    return macro(std::move(parent));
  }
  void arguments(Tree& tree, std::string_view closing) {
    if (take(closing)) return;
    do {
      if (closing != ")" && is_symbol(closing)) break;  // a trailing comma is legal in lists, maps
      adopt(tree, expression());
      if (closing != "}") continue;
      expect(":");
      adopt(tree, expression());
    } while (take(","));
    expect(closing);
  }
  /// A call that is a macro by its name and the number of its arguments.
  TreePtr macro(TreePtr tree) {
    struct Macro {
      std::string_view name;
      size_t children;
      Op op;
    };
    static constexpr Macro kMacros[] = {
        {"all", 3, Op::all},      {"exists", 3, Op::exists}, {"exists_one", 3, Op::exists_one},
        {"map", 3, Op::map_each}, {"map", 4, Op::map_some},  {"filter", 3, Op::filter_each}};
    for (const Macro& known : kMacros) {
      if (tree->text != known.name || tree->children.size() != known.children) continue;
      const Tree& variable = *tree->children[1];
      if (variable.op != Op::name) {
        if (!failure_) {
          failure_ = error_at(kConditionSyntax, variable.at,
                              "expected the name of a variable first in " + tree->text + "(…)",
                              "write it as list." + tree->text + "(x, x > 1)");
        }
        return tree;
      }
      tree->op = known.op;
      tree->text = variable.text;
      tree->children.erase(tree->children.begin() + 1);
      break;
    }
    return tree;
  }
  TreePtr number() {
    const size_t at = current().at;
    const bool is_negative = take("-");
    const Token& token = current();
    if (token.kind == Token::Kind::real) {
      ++at_;
      return constant(at, Value::number(is_negative ? -token.real : token.real));
    }
    if (!is_negative && token.magnitude > uint64_t{std::numeric_limits<int64_t>::max()}) {
      fail("expected a whole number of at most 64 bits", "write a smaller number");
      return make(Op::constant, at);
    }
    ++at_;
    return constant(at, Value::number(static_cast<int64_t>(
                            is_negative ? uint64_t{0} - token.magnitude : token.magnitude)));
  }
  bool is_number() const {
    const Token& token = is_symbol("-") ? tokens_[at_ + 1] : current();
    return token.kind == Token::Kind::integer || token.kind == Token::Kind::real;
  }
  TreePtr primary() {
    const size_t at = current().at;
    if (failure_) return make(Op::constant, at);
    if (is_number()) return number();
    if (current().kind == Token::Kind::string) {
      TreePtr tree = make(Op::constant, at);
      tree->text = current().text;
      tree->constant = Value::string(tree->text);
      ++at_;
      return tree;
    }
    if (take("(")) {
      TreePtr tree = expression();
      expect(")");
      return tree;
    }
    const bool is_list = is_symbol("[");
    if (is_list || is_symbol("{")) {
      ++at_;
      TreePtr tree = make(is_list ? Op::list : Op::map, at);
      arguments(*tree, is_list ? "]" : "}");
      return tree;
    }
    take(".");  // a name of the outermost scope: the same here, where there is one
    if (current().kind == Token::Kind::identifier) return identifier();
    fail("expected a value, but found " + shown(),
         "an operator needs a value on each side, as in ticket.service == \"cash\"");
    return make(Op::constant, at);
  }
  TreePtr identifier() {
    const Token& token = current();
    const size_t at = token.at;
    if (token.text == "in" || is_among(kReserved, token.text)) {
      fail("expected a value, but found the reserved word `" + token.text + "`",
           "put it in quotes where a text is meant");
      return make(Op::constant, at);
    }
    ++at_;
    if (token.text == "null") return constant(at, Value::null());
    if (token.text == "true" || token.text == "false") {
      return constant(at, Value::boolean(token.text == "true"));
    }
    TreePtr tree = make(Op::name, at);
    tree->text = token.text;
    if (!take("(")) return tree;
    tree->op = Op::call;
    arguments(*tree, ")");
    return tree->text == "has" ? presence(std::move(tree)) : std::move(tree);
  }
  TreePtr presence(TreePtr tree) {
    if (!failure_ && (tree->children.size() != 1 || tree->children[0]->op != Op::select)) {
      failure_ = error_at(kConditionType, tree->at, "expected an attribute in has(…)",
                          "write has(ticket.service)");
    }
    tree->op = Op::has;
    return tree;
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  std::optional<model::Error> failure_;
};

}  // namespace

model::Result<TreePtr> parse(std::string_view text) {
  if (text.size() > kExpressionBytesMax) {
    return error_at(kConditionSyntax, 0,
                    "expected a condition of at most 65,536 bytes, but this one is longer",
                    "say it with fewer words, or by an attribute that the source sends");
  }
  auto tokens = tokenize(text);
  if (!tokens) return tokens.error();
  return Parser(std::move(*tokens)).run();
}

}  // namespace lupaus::rules::language::cel
