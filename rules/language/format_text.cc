#include "rules/language/format_text.h"

#include "rules/language/canonical_scalar.h"
#include "rules/language/indentation.h"
#include "rules/language/node.h"

namespace lupaus::rules::language {
namespace {

bool is_promise(const Node& root) {
  const Node* kind = root.find("kind");
  return kind != nullptr && kind->kind == Node::Kind::scalar && kind->text == "Promise";
}

std::string child_path(const std::string& path, const Node& node, size_t i) {
  if (node.kind == Node::Kind::sequence) return path + "[]";
  return path.empty() ? node.keys[i].text : path + "." + node.keys[i].text;
}

/// Writes the canonical spelling over a value that stands on one line as it reads.
void respell(const Node& node, ScalarForm form, std::vector<TextLine>& lines) {
  const std::string canonical = canonical_scalar(form, node.text);
  if (canonical == node.text || node.line == 0 || node.line > lines.size()) return;
  TextLine& line = lines[node.line - 1];
  size_t column = node.column - 1;
  if (node.is_quoted) ++column;
  if (line.text.substr(std::min(column, line.text.size()), node.text.size()) != node.text) return;
  line.edits.push_back({column, node.text.size(), canonical});
}

void respell_all(const Node& node, const std::string& path, std::vector<TextLine>& lines) {
  if (node.kind == Node::Kind::scalar) return respell(node, scalar_form(path), lines);
  for (size_t i = 0; i < node.children.size(); ++i) {
    respell_all(node.children[i], child_path(path, node, i), lines);
  }
}

/// Whether both trees say the same, spellings of a promise's values apart.
bool say_the_same(const Node& left, const Node& right, const std::string& path, bool has_forms) {
  if (left.kind != right.kind || left.keys.size() != right.keys.size() ||
      left.children.size() != right.children.size()) {
    return false;
  }
  if (left.kind == Node::Kind::scalar) {
    const ScalarForm form = has_forms ? scalar_form(path) : ScalarForm::text;
    return canonical_scalar(form, left.text) == canonical_scalar(form, right.text);
  }
  for (size_t i = 0; i < left.keys.size(); ++i) {
    if (!say_the_same(left.keys[i], right.keys[i], "", false)) return false;
  }
  for (size_t i = 0; i < left.children.size(); ++i) {
    const std::string child = child_path(path, left, i);
    if (!say_the_same(left.children[i], right.children[i], child, has_forms)) return false;
  }
  return true;
}

bool say_the_same(const std::vector<Node>& left, const std::vector<Node>& right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!say_the_same(left[i], right[i], "", is_promise(left[i]))) return false;
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
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  Formatted formatted;
  Diagnostics diagnostics;
  std::string text = file.text;
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const std::vector<Node> documents = read_documents(file.name, text, diagnostics);
  if (!diagnostics.has_errors()) {
    std::vector<TextLine> lines = split_lines(text);
    for (const Node& root : documents) {
      place_lines(root, lines);
      if (is_promise(root)) respell_all(root, "", lines);
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
