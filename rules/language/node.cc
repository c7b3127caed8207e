#include "rules/language/node.h"

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "rules/model/utf8.h"

namespace lupaus::rules::language {
namespace {

/// Builds the tree from yaml-cpp's events; lives for one file.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& file, std::string_view text, Reading reading,
              Diagnostics& diagnostics)
      : file_(file),
        text_(model::after_byte_order_mark(text)),
        reading_(reading),
        diagnostics_(diagnostics) {}

  std::vector<Node>& documents() { return documents_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // WHY: yaml-cpp hands out empty documents for ever where a text begins with a bare `,`, `]` or
    // `}`.
    if (mark.pos == last_start_)
      throw YAML::ParserException(mark, "a value or a key cannot begin here");
    last_start_ = mark.pos;
    open_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    place(make(Node::Kind::null, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_.error(kYamlFeature, span(mark), "expected a value, but an alias (`*`) is written",
                       "write the value out; promise files have no aliases");
    place(make(Node::Kind::null, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    Node node = make(Node::Kind::scalar, mark);
    node.is_quoted = tag == "!" && !has_tag(mark, tag);
    node.text = value;
    if (has_tag(mark, tag) && is_condition_next() && is_exclamation(mark, tag)) {
      node.text = with_exclamation(mark, tag, value);
      refuse_exclamation(mark, node.text);
    } else {
      refuse_tag(mark, tag);
    }
    place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open_.push_back(make(Node::Kind::sequence, mark));
    open_.back().is_flow = style == YAML::EmitterStyle::Flow;
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open_.push_back(make(Node::Kind::map, mark));
    open_.back().is_flow = style == YAML::EmitterStyle::Flow;
  }
  void OnMapEnd() override {
    refuse_repeated_keys(open_.back());
    close();
  }

 private:
  model::Span span(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, static_cast<uint32_t>(mark.line + 1), static_cast<uint32_t>(mark.column + 1)};
  }
  Node make(Node::Kind kind, const YAML::Mark& mark) const {
    Node node;
    node.kind = kind;
    if (mark.is_null()) return node;
    node.line = static_cast<uint32_t>(mark.line + 1);
    node.column = static_cast<uint32_t>(mark.column + 1);
    return node;
  }
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    diagnostics_.error(kYamlFeature, span(mark), "expected a value, but an anchor (`&`) is written",
                       "remove the anchor; promise files have no aliases");
  }
  char character(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  /// WHY: yaml-cpp names the tag `!` of a quoted text and of a `!` that is written; the source
  /// alone tells them apart.
  bool has_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "!" && tag != "?") return true;
    return reading_ == Reading::fresh && !mark.is_null() &&
           character(static_cast<size_t>(mark.pos)) == '!';
  }
  /// Neither `!!type` nor `!<tag>`: a `!` that may have been meant as "not".
  bool is_exclamation(const YAML::Mark& mark, const std::string& tag) const {
    return tag.starts_with('!') && character(static_cast<size_t>(mark.pos) + 1) != '<';
  }
  /// Whether the next node is the value of a key that takes a condition.
  bool is_condition_next() const {
    if (open_.empty() || open_.back().keys.size() == open_.back().children.size()) return false;
    const std::string& key = open_.back().keys.back().text;
    return key == "applies" || key == "when";
  }
  /// What was meant by a condition of which YAML took the beginning for a tag.
  std::string with_exclamation(const YAML::Mark& mark, const std::string& tag,
                               const std::string& value) const {
    if (value.empty()) return tag;
    const size_t end = static_cast<size_t>(mark.pos) + tag.size();
    const size_t next = text_.find_first_not_of(" \t\r\n", end);
    const char first = next == std::string_view::npos ? '\0' : text_[next];
    if (first == '"' || first == '\'' || first == '|' || first == '>') return "!(" + value + ")";
    return tag + (next == end || value.starts_with('(') ? "" : " ") + value;
  }
  void refuse_exclamation(const YAML::Mark& mark, const std::string& condition) {
    std::string quoted;
    for (const char c : condition) quoted += c == '\'' ? "''" : std::string(1, c);
    diagnostics_.error(kYamlFeature, span(mark),
                       "expected a condition, but YAML reads the `!` before it as a tag",
                       "put the condition in quotes: '" + quoted + "'");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!has_tag(mark, tag)) return;
    diagnostics_.error(kYamlFeature, span(mark),
                       "expected a plain value, but it carries the tag `" +
                           (tag == "?" ? std::string("!") : tag) + "`",
                       "remove the tag; every value is read by what its key means");
  }
  void refuse_repeated_keys(const Node& map) {
    std::vector<const Node*> sorted;
    for (const Node& key : map.keys) {
      if (key.kind == Node::Kind::scalar) sorted.push_back(&key);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Node* a, const Node* b) { return a->text < b->text; });
    for (size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i - 1]->text != sorted[i]->text) continue;
      diagnostics_.error(kDuplicateKey, {file_, sorted[i]->line, sorted[i]->column},
                         "expected each key once, but `" + sorted[i]->text + "` comes again",
                         "it is first written in line " + std::to_string(sorted[i - 1]->line));
    }
  }
  void place(Node node) {
    if (open_.empty()) {
      documents_.push_back(std::move(node));
      return;
    }
    Node& parent = open_.back();
    if (parent.kind == Node::Kind::map && parent.keys.size() == parent.children.size()) {
      parent.keys.push_back(std::move(node));
    } else {
      parent.children.push_back(std::move(node));
    }
  }
  void close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    place(std::move(node));
  }

  const std::string& file_;
  const std::string_view text_;  ///< as the marks count it
  const Reading reading_;
  Diagnostics& diagnostics_;
  int last_start_ = -1;
  std::vector<Node> documents_;
  std::vector<Node> open_;
};

/// WHY: where these stand, yaml-cpp takes the text for UTF-16 or puts another one in their place,
/// and its marks no longer count bytes.
bool is_no_text(char c) { return c == '\0' || c == '\x04'; }

/// Tells the first place that is no UTF-8; whether there is none.
bool check_utf8(const std::string& file, const std::string& text, Reading reading,
                Diagnostics& diagnostics) {
  uint32_t line = 1;
  size_t line_start = 0, i = 0;
  while (i < text.size()) {
    const size_t length = model::utf8_length(std::string_view(text).substr(i));
    if (length == 0 || (reading == Reading::fresh && is_no_text(text[i]))) {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      const auto byte = static_cast<uint8_t>(text[i]);
      diagnostics.error(kNotUtf8, {file, line, static_cast<uint32_t>(i - line_start + 1)},
                        std::string("expected UTF-8, but the byte 0x") + kDigits[byte >> 4] +
                            kDigits[byte & 15] + " is none",
                        "save the file as UTF-8");
      return false;
    }
    if (text[i] == '\n') {
      ++line;
      line_start = i + 1;
    }
    i += length;
  }
  return true;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (size_t i = 0; i < keys.size() && i < children.size(); ++i) {
    if (keys[i].kind == Kind::scalar && keys[i].text == key) return &children[i];
  }
  return nullptr;
}

std::vector<Node> read_documents(const std::string& file, const std::string& text,
                                 Diagnostics& diagnostics, Reading reading) {
  if (text.size() > kFileBytesMax) {
    diagnostics.error(
        kTooLarge, {file, 0, 0},
        "expected at most 1 MiB, but the file has " + std::to_string(text.size()) + " bytes",
        "split the book over several files");
    return {};
  }
  if (!check_utf8(file, text, reading, diagnostics)) return {};
  TreeBuilder builder(file, text, reading, diagnostics);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failure) {
    const bool is_placed = !failure.mark.is_null();
    diagnostics.error(kYamlSyntax,
                      {file, is_placed ? static_cast<uint32_t>(failure.mark.line + 1) : 0,
                       is_placed ? static_cast<uint32_t>(failure.mark.column + 1) : 0},
                      "expected YAML, but " + failure.msg,
                      "check the indentation, the brackets and the quotes up to here");
  } catch (const std::exception& failure) {
    diagnostics.error(kYamlSyntax, {file, 0, 0},
                      "expected YAML, but it cannot be read: " + std::string(failure.what()),
                      "check the indentation, the brackets and the quotes");
  }
  return std::move(builder.documents());
}

}  // namespace lupaus::rules::language
