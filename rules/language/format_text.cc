#include "rules/language/format_text.h"

#include <algorithm>

#include "rules/language/canonical_scalar.h"
#include "rules/language/indentation.h"
#include "rules/language/node.h"
#include "rules/model/utf8.h"

namespace lupaus::rules::language {
namespace {

/// Writes the canonical spelling over a value that stands on one line as it reads.
void respell(const Node& node, Form form, std::vector<TextLine>& lines) {
  const std::string canonical = canonical_scalar(form, node.text);
  if (canonical == node.text || node.line == 0 || node.line > lines.size()) return;
  TextLine& line = lines[node.line - 1];
  size_t column = node.column - 1;
  if (node.is_quoted) ++column;
  if (line.text.substr(std::min(column, line.text.size()), node.text.size()) != node.text) return;
  line.edits.push_back({column, node.text.size(), canonical});
}

bool say_the_same(const Node& left, const Node& right) {
  if (left.kind != right.kind || left.text != right.text || left.keys.size() != right.keys.size() ||
      left.children.size() != right.children.size()) {
    return false;
  }
  return std::equal(left.keys.begin(), left.keys.end(), right.keys.begin(),
                    [](const Node& a, const Node& b) { return say_the_same(a, b); }) &&
         std::equal(left.children.begin(), left.children.end(), right.children.begin(),
                    [](const Node& a, const Node& b) { return say_the_same(a, b); });
}

/// Whether both texts say the same, spellings of a promise's values apart.
bool say_the_same(std::vector<Node> left, std::vector<Node> right) {
  if (left.size() != right.size()) return false;
  const auto respell_node = [](Node& node, Form form) {
    node.text = canonical_scalar(form, node.text);
  };
  for (size_t i = 0; i < left.size(); ++i) {
    visit_scalars(left[i], respell_node);
    visit_scalars(right[i], respell_node);
    if (!say_the_same(left[i], right[i])) return false;
  }
  return true;
}

/// One end of line after the last line, and no blank lines below it; a block scalar at the end is
/// left alone, for its blank lines may be text.
void close_file(std::vector<TextLine>& lines) {
  while (!lines.empty() && lines.back().kind == TextLine::Kind::blank) lines.pop_back();
  if (lines.empty() || lines.back().kind == TextLine::Kind::literal) return;
  if (lines.back().ending.empty()) lines.back().ending = "\n";
}

}  // namespace

Formatted format_text(const model::SourceFile& file) {
  Formatted formatted;
  Diagnostics diagnostics;
  const std::string text(model::after_byte_order_mark(file.text));
  std::vector<Node> documents = read_documents(file.name, text, diagnostics);
  if (!diagnostics.has_errors()) {
    std::vector<TextLine> lines = split_lines(text);
    for (Node& root : documents) {
      place_lines(root, lines);
      visit_scalars(root, [&](Node& node, Form form) { respell(node, form, lines); });
    }
    close_file(lines);
    formatted.text = join_lines(lines);
    // INVARIANT: nothing is handed out that does not say what was read.
    Diagnostics unheard;
    if (!say_the_same(documents, read_documents(file.name, *formatted.text, unheard)) ||
        unheard.has_errors()) {
      formatted.text.reset();
      diagnostics.error(kNotFormattable, {file.name, 0, 0},
                        "expected a layout that can be put in order, but it would change meaning",
                        "write long values on lines of their own, further right than their key");
    }
  }
  formatted.diagnostics = diagnostics.take({&file, 1});
  return formatted;
}

}  // namespace lupaus::rules::language
