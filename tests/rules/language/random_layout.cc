#include "tests/rules/language/random_layout.h"

#include "rules/model/instant.h"

namespace lupaus::tests {

using rules::language::Node;

std::string RandomLayout::write(const std::vector<Node>& documents) {
  text_.clear();
  for (size_t i = 0; i < documents.size(); ++i) {
    if (i > 0) text_ += "---\n";
    decorate(0);
    block(documents[i], 0);
  }
  if (chance(20)) text_ += "\n\n";
  return text_;
}

void RandomLayout::end_line() {
  if (chance(15)) text_ += "  # note " + std::to_string(comment_count_++);
  if (chance(10)) text_ += "  ";
  text_ += "\n";
}

/// Blank lines and comments before a line that stands at `column`.
void RandomLayout::decorate(size_t column) {
  if (chance(8)) text_ += chance(50) ? "\n" : "   \n";
  if (!chance(12)) return;
  indent(chance(60) ? column : below(column + 4));
  text_ += "# note " + std::to_string(comment_count_++) + "\n";
}

void RandomLayout::block(const Node& node, size_t column) {
  const bool is_map = node.kind == Node::Kind::map;
  for (size_t i = 0; i < node.children.size(); ++i) {
    // The first key of an item stands behind its dash already.
    if (!text_.empty() && text_.back() == '\n') {
      decorate(column);
      indent(column);
    }
    if (is_map) {
      text_ += node.keys[i].text + ":";
      value(node.children[i], column);
      continue;
    }
    text_ += "-";
    const Node& item = node.children[i];
    const bool is_block = item.kind != Node::Kind::scalar && !item.children.empty() && chance(60);
    const size_t gap = 1 + below(4);
    indent(gap);
    if (is_block) {
      block(item, column + 1 + gap);
    } else {
      flow(item, column);
      end_line();
    }
  }
}

void RandomLayout::value(const Node& node, size_t column) {
  const bool is_scalar = node.kind == Node::Kind::scalar;
  if (!is_scalar && !node.children.empty() && chance(60)) {
    end_line();
    const bool is_list = node.kind == Node::Kind::sequence;
    return block(node, column + (is_list ? below(5) : 1 + below(5)));
  }
  if (chance(8)) {
    text_ += "\n";
    indent(column + 1 + below(6));
  } else {
    text_ += chance(85) ? " " : "   ";
  }
  if (is_scalar && node.text.size() > 30 && chance(30)) {
    const size_t inner = column + 1 + below(5);
    text_ += ">-\n";
    indent(inner);
    text_ += node.text + "\n";
    if (chance(30)) text_ += "\n";
    return;
  }
  flow(node, column);
  end_line();
}

void RandomLayout::flow_break(size_t column) {
  if (!chance(15)) return;
  text_ += "\n";
  indent(column + 1 + below(12));
}

void RandomLayout::flow(const Node& node, size_t column) {
  if (node.kind == Node::Kind::scalar) {
    text_ += scalar(node, true);
    return;
  }
  const bool is_map = node.kind == Node::Kind::map;
  text_ += is_map ? "{" : "[";
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) text_ += chance(80) ? ", " : ",";
    flow_break(column);
    if (is_map) text_ += node.keys[i].text + ": ";
    flow(node.children[i], column);
  }
  flow_break(column);
  text_ += is_map ? "}" : "]";
}

std::string RandomLayout::scalar(const Node& node, bool is_flow) {
  std::string text = node.text;
  const auto length = rules::model::parse_duration(text);
  if (length && length->count() % 1000 == 0 && chance(50)) {
    const std::string seconds = std::to_string(length->count() / 1000);
    text = chance(50) ? seconds + "s" : "PT" + seconds + "S";
  }
  const bool is_plain = text.find_first_of("[]{}\"'#:,=()%|&>") == std::string::npos;
  if (is_flow && is_plain && !node.is_quoted && chance(80)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace lupaus::tests
