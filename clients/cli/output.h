// Rows on stdout in the form that the user asked for: an aligned table, JSON, JSON lines or CSV.
// Data goes to stdout alone; talk goes to stderr elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/context.h"

namespace lupaus::clients::cli {

struct Column {
  std::string key;            ///< JSON key and CSV header
  std::string title;          ///< head of the table's column
  bool is_wide_only = false;  ///< shown by `-o wide`, not by `-o table`
  bool is_right = false;      ///< numbers
};

/// One value. JSON prints text quoted, numbers and raw JSON as they are, and null as null.
struct Cell {
  enum class Kind { text, number, json, null };
  Kind kind = Kind::null;
  std::string content;
  std::string shown;  ///< what a table shows instead of `content`; "" is `content`
  Paint paint = Paint::plain;

  static Cell text(std::string content, Paint paint = Paint::plain) {
    return {Kind::text, std::move(content), "", paint};
  }
  static Cell number(std::string digits) {
    return {Kind::number, std::move(digits), "", Paint::plain};
  }
  static Cell json(std::string raw, std::string shown) {
    return {Kind::json, std::move(raw), std::move(shown), Paint::plain};
  }
  static Cell null() { return {}; }
};

/// Takes rows one by one; JSON lines and CSV leave at once, tables and JSON when finish() is
/// called.
class Rows {
 public:
  Rows(const Context& context, std::vector<Column> columns);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  /// As many cells as there are columns.
  void add(std::vector<Cell> cells);
  void finish();
  size_t count() const { return count_; }

 private:
  void write_table();
  std::string to_json(const std::vector<Cell>& cells) const;

  const Context& context_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> kept_;
  size_t count_ = 0;
};

/// `text` as a JSON string with its quotes.
std::string json_quote(std::string_view text);

/// `text` as one CSV field (RFC 4180): quoted only where it must be.
std::string csv_field(std::string_view text);

/// `text` without what a terminal would obey: line ends and tabs are spaces, other control
/// characters a sign of their own.
/// @param has_lines  whether it is more than one line
std::string printable(std::string_view text, bool has_lines = false);

/// How many columns of a terminal the UTF-8 text takes, one a code point.
size_t shown_width(std::string_view text);

}  // namespace lupaus::clients::cli
