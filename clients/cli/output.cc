// The five forms of output.
#include "clients/cli/output.h"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace lupaus::clients::cli {
namespace {

std::string shown(const Cell& cell) {
  if (cell.kind == Cell::Kind::null) return "-";
  return printable(cell.shown.empty() ? cell.content : cell.shown);
}

}  // namespace

Rows::Rows(const Context& context, std::vector<Column> columns)
    : context_(context), columns_(std::move(columns)) {
  if (context_.form != Form::csv) return;
  for (size_t i = 0; i < columns_.size(); ++i) {
    context_.out() << (i == 0 ? "" : ",") << csv_field(columns_[i].key);
  }
  context_.out() << "\r\n";
}

void Rows::add(std::vector<Cell> cells) {
  rules::model::ensure(cells.size() == columns_.size(),
                       "a row has as many cells as the table has columns");
  ++count_;
  switch (context_.form) {
    case Form::ndjson:
      context_.out() << to_json(cells) << "\n";
      return;
    case Form::csv:
      for (size_t i = 0; i < cells.size(); ++i) {
        context_.out() << (i == 0 ? "" : ",")
                       << (cells[i].kind == Cell::Kind::null ? "" : csv_field(cells[i].content));
      }
      context_.out() << "\r\n";
      return;
    case Form::json:
    case Form::table:
    case Form::wide:
      kept_.push_back(std::move(cells));
  }
}

void Rows::finish() {
  if (context_.form == Form::json) {
    context_.out() << "[";
    for (size_t i = 0; i < kept_.size(); ++i)
      context_.out() << (i == 0 ? "\n" : ",\n") << to_json(kept_[i]);
    context_.out() << (kept_.empty() ? "]\n" : "\n]\n");
  } else if (context_.form == Form::table || context_.form == Form::wide) {
    write_table();
  }
  kept_.clear();
}

std::string Rows::to_json(const std::vector<Cell>& cells) const {
  std::string text = "{";
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) text += ",";
    text += json_quote(columns_[i].key) + ":";
    switch (cells[i].kind) {
      case Cell::Kind::null:
        text += "null";
        break;
      case Cell::Kind::text:
        text += json_quote(cells[i].content);
        break;
      case Cell::Kind::number:
      case Cell::Kind::json:
        text += cells[i].content;
        break;
    }
  }
  return text + "}";
}

void Rows::write_table() {
  std::vector<size_t> visible;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (context_.form == Form::wide || !columns_[i].is_wide_only) visible.push_back(i);
  }
  std::vector<size_t> widths(columns_.size());
  for (const size_t i : visible) {
    widths[i] = shown_width(columns_[i].title);
    for (const auto& row : kept_) widths[i] = std::max(widths[i], shown_width(shown(row[i])));
  }
  const auto write = [&](size_t i, std::string_view text, Paint paint, bool is_last) {
    const std::string gap(widths[i] - shown_width(text), ' ');
    const std::string painted = context_.paint(paint, text);
    if (columns_[i].is_right) {
      context_.out() << gap << painted;
    } else {
      context_.out() << painted << (is_last ? "" : gap);
    }
    context_.out() << (is_last ? "\n" : "  ");
  };
  for (const size_t i : visible) write(i, columns_[i].title, Paint::bold, i == visible.back());
  for (const auto& row : kept_) {
    for (const size_t i : visible) write(i, shown(row[i]), row[i].paint, i == visible.back());
  }
}

std::string json_quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\r':
        quoted += "\\r";
        break;
      case '\t':
        quoted += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
          quoted += escape;
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "\"";
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string printable(std::string_view text, bool has_lines) {
  constexpr std::string_view kControl = "\uFFFD";
  std::string printed;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters, too.
    const bool is_c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (text[i] == '\n' && has_lines) {
      printed += '\n';
    } else if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
      printed += ' ';
    } else if (byte < 0x20 || byte == 0x7F || is_c1) {
      printed += kControl;
      i += is_c1 ? 1 : 0;
    } else {
      printed += text[i];
    }
  }
  return printed;
}

size_t shown_width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace lupaus::clients::cli
