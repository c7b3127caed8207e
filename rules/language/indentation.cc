#include "rules/language/indentation.h"

#include <algorithm>

namespace lupaus::rules::language {
namespace {

constexpr size_t kStep = 2;
using Kind = TextLine::Kind;

/// Walks a document and places the lines that its keys, items and values begin.
class Placement {
 public:
  explicit Placement(std::vector<TextLine>& lines) : lines_(lines) {}

  void root(const Node& node) {
    if (node.kind == Node::Kind::map && !node.is_flow) return map(node, 0);
    if (node.kind == Node::Kind::sequence && !node.is_flow) return sequence(node, 0);
    if (has_line(node)) begin(node.line - 1, node.column - 1, 0);
  }

 private:
  bool has_line(const Node& node) const {
    return node.line != 0 && node.column != 0 && node.line <= lines_.size();
  }
  /// A key, a dash or a value begins there; it will stand at `column`.
  void begin(size_t line, size_t old_column, size_t column) {
    TextLine& at = lines_[line];
    if (at.first == old_column) {
      at.kind = Kind::placed;
      at.indent = column;
    }
    at.shift = static_cast<int64_t>(column) - static_cast<int64_t>(old_column);
  }
  void nest(size_t line, size_t old_column, size_t column) {
    begin(line, old_column, column);
    lines_[line].inner = column;
    lines_[line].columns.emplace_back(old_column, column);
  }

  void map(const Node& node, size_t column) {
    for (size_t i = 0; i < node.keys.size() && i < node.children.size(); ++i) {
      const Node& key = node.keys[i];
      if (!has_line(key)) continue;
      nest(key.line - 1, key.column - 1, column);
      value(node.children[i], key, column);
    }
  }
  void value(const Node& node, const Node& owner, size_t owner_column) {
    if (!has_line(node) || node.kind == Node::Kind::null) return;
    if (!node.is_flow && node.kind == Node::Kind::map) return map(node, owner_column + kStep);
    if (!node.is_flow && node.kind == Node::Kind::sequence) {
      return sequence(node, owner_column + kStep);
    }
    if (node.line != owner.line) {
      begin(node.line - 1, node.column - 1, owner_column + kStep);
      lines_[node.line - 1].inner = owner_column;
    }
    literal(node, owner.column - 1, owner_column);
  }
  void sequence(const Node& node, size_t column) {
    const size_t dash = node.column - 1;
    for (const Node& item : node.children) {
      if (!has_line(item) || item.kind == Node::Kind::null) continue;
      size_t line = item.line - 1;
      while (line > 0 && !has_dash(line, dash)) --line;
      if (!has_dash(line, dash)) continue;
      nest(line, dash, column);
      if (line == item.line - 1) close_gap(line, dash, item.column - 1);
      this->item(item, line, dash, column);
    }
  }
  void item(const Node& item, size_t dash_line, size_t dash, size_t column) {
    if (!item.is_flow && item.kind == Node::Kind::map) return map(item, column + kStep);
    if (!item.is_flow && item.kind == Node::Kind::sequence) return sequence(item, column + kStep);
    begin(item.line - 1, item.column - 1, column + kStep);
    if (dash_line != item.line - 1) lines_[item.line - 1].inner = column;
    literal(item, dash, column);
  }
  bool has_dash(size_t line, size_t dash) const {
    const std::string_view text = lines_[line].text;
    return dash < text.size() && text[dash] == '-' &&
           text.substr(0, dash).find_first_not_of(" -") == std::string_view::npos &&
           (dash + 1 == text.size() || text[dash + 1] == ' ' || text[dash + 1] == '\t');
  }
  /// One space between a dash and its item.
  void close_gap(size_t line, size_t dash, size_t item) {
    if (item > dash + kStep) lines_[line].edits.push_back({dash + 1, item - dash - 1, " "});
  }

  /// The lines of a block scalar (`|`, `>`), which end at the first one further left.
  void literal(const Node& node, size_t owner_old, size_t owner_new) {
    const size_t header = node.line - 1;
    const std::string_view text = lines_[header].text;
    if (node.kind != Node::Kind::scalar || node.column > text.size()) return;
    const char mark = text[node.column - 1];
    if (mark != '|' && mark != '>') return;
    size_t first = header + 1;
    while (first < lines_.size() && is_empty(lines_[first])) ++first;
    if (first == lines_.size()) return;
    size_t left = lines_[first].first;
    auto shift = static_cast<int64_t>(owner_new + kStep) - static_cast<int64_t>(left);
    const std::string_view marks = text.substr(node.column, 2);
    if (const size_t digit = marks.find_first_of("123456789"); digit != std::string_view::npos) {
      left = owner_old + static_cast<size_t>(marks[digit] - '0');
      shift = static_cast<int64_t>(owner_new) - static_cast<int64_t>(owner_old);
    }
    if (left <= owner_old) return;
    for (size_t i = header + 1; i < lines_.size(); ++i) {
      if (!is_empty(lines_[i]) && lines_[i].first < left) break;
      lines_[i].kind = Kind::literal;
      lines_[i].shift = shift;
      lines_[i].indent = left;
    }
  }
  static bool is_empty(const TextLine& line) { return line.first == line.text.size(); }

  std::vector<TextLine>& lines_;
};

/// Chooses where comments and continued lines stand, from the top down.
class Joining {
 public:
  explicit Joining(std::vector<TextLine>& lines) : lines_(lines) {}

  std::string run() {
    for (size_t i = 0; i < lines_.size(); ++i) {
      write(i);
      text_ += lines_[i].ending;
    }
    return std::move(text_);
  }

 private:
  void write(size_t i) {
    const TextLine& line = lines_[i];
    switch (line.kind) {
      case Kind::blank:
        return;
      case Kind::literal:
        return write_literal(line);
      case Kind::marker:
        open_.clear();
        last_ = nullptr;
        text_ += line.text;
        return;
      case Kind::placed:
        remember(line);
        return write_at(line, line.indent);
      case Kind::continuation:
        return write_at(line, continued(line));
      case Kind::comment:
        return write_at(line, comment(i));
    }
  }
  void write_literal(const TextLine& line) {
    if (line.first == line.text.size() && line.text.size() <= line.indent) return;
    const auto begin = static_cast<int64_t>(std::min(line.first, line.text.size()));
    text_.append(static_cast<size_t>(std::max<int64_t>(begin + line.shift, 0)), ' ');
    text_ += line.text.substr(line.first);
  }
  void write_at(const TextLine& line, size_t indent) {
    std::string text(line.text);
    std::vector<LineEdit> edits = line.edits;
    std::sort(edits.begin(), edits.end(),
              [](const LineEdit& a, const LineEdit& b) { return a.column > b.column; });
    for (const LineEdit& edit : edits) text.replace(edit.column, edit.length, edit.text);
    text.replace(0, line.first, std::string(indent, ' '));
    size_t end = text.find_last_not_of(" \t");
    // WHY: a blank behind a backslash is text in a quoted value.
    if (end != std::string::npos && text[end] == '\\') end = text.size() - 1;
    text_ += text.substr(0, end + 1);
  }
  void remember(const TextLine& line) {
    while (!open_.empty() && open_.back().first >= line.first) open_.pop_back();
    open_.insert(open_.end(), line.columns.begin(), line.columns.end());
    last_ = &line;
  }
  size_t continued(const TextLine& line) const {
    if (last_ == nullptr) return line.first;
    const char mark = line.first < line.text.size() ? line.text[line.first] : ' ';
    const bool is_closing = mark == '}' || mark == ']';
    const size_t least = last_->inner + (is_closing ? 0 : kStep);
    const int64_t moved = static_cast<int64_t>(line.first) + last_->shift;
    return std::max(least, static_cast<size_t>(std::max<int64_t>(moved, 0)));
  }
  /// A comment stands with the line below when it stood there before, else with the key to which
  /// it was aligned.
  size_t comment(size_t i) const {
    const TextLine& line = lines_[i];
    size_t next = i + 1;
    while (next < lines_.size() &&
           (lines_[next].kind == Kind::blank || lines_[next].kind == Kind::comment)) {
      ++next;
    }
    const bool has_next = next < lines_.size() && lines_[next].kind != Kind::literal;
    if (has_next && lines_[next].kind == Kind::continuation) return continued(line);
    const bool is_placed = has_next && lines_[next].kind == Kind::placed;
    const size_t below = is_placed ? lines_[next].indent : 0;
    if (is_placed && lines_[next].first == line.first) return below;
    for (const auto& [old_column, column] : open_) {
      if (old_column == line.first) return column;
    }
    if (is_placed || open_.empty()) return below;
    return line.first == 0 ? 0 : open_.back().second;
  }

  std::vector<TextLine>& lines_;
  std::vector<std::pair<size_t, size_t>> open_;  ///< keys and dashes above, old and new column
  const TextLine* last_ = nullptr;
  std::string text_;
};

}  // namespace

std::vector<TextLine> split_lines(std::string_view text) {
  std::vector<TextLine> lines;
  while (!text.empty()) {
    const size_t newline = text.find('\n');
    const size_t length = newline == std::string_view::npos ? text.size() : newline;
    const bool has_return =
        newline != std::string_view::npos && length > 0 && text[length - 1] == '\r';
    TextLine line;
    line.text = text.substr(0, has_return ? length - 1 : length);
    line.ending =
        text.substr(line.text.size(), std::min(length + 1, text.size()) - line.text.size());
    line.first = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::string_view begin = line.text.substr(line.first);
    const bool is_marker = (line.text.starts_with("---") || line.text.starts_with("...")) &&
                           (line.text.size() == 3 || line.text[3] == ' ' || line.text[3] == '\t');
    if (begin.empty()) {
      line.kind = Kind::blank;
    } else if (begin[0] == '#') {
      line.kind = Kind::comment;
    } else if (is_marker) {
      line.kind = Kind::marker;
    }
    text.remove_prefix(line.text.size() + line.ending.size());
    lines.push_back(std::move(line));
  }
  return lines;
}

void place_lines(const Node& root, std::vector<TextLine>& lines) { Placement(lines).root(root); }

std::string join_lines(std::vector<TextLine>& lines) { return Joining(lines).run(); }

}  // namespace lupaus::rules::language
