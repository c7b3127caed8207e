// Reads CSV as spreadsheets and programs write it (RFC 4180): quotes, a byte order mark, commas or
// semicolons, any line's end. Knows where each row begins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::clients::cli {

struct CsvRow {
  uint32_t line = 0;  ///< of its first character, from 1
  std::vector<std::string> fields;
};

/// One text, which outlives it. The header is the first row; the separator is the one that it uses
/// more often outside of quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);

  /// Blank lines are passed over. False at the end, and behind a quote that never ends, which
  /// `fault` tells of.
  bool next(CsvRow& row);

  /// What ended the reading too early; empty where nothing did.
  const std::string& fault() const { return fault_; }
  char separator() const { return separator_; }

 private:
  bool read_field(std::string& field);
  bool read_quoted(std::string& field);
  bool at_line_end() const;
  void pass_line_end();

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  char separator_ = ',';
  std::string fault_;
};

}  // namespace lupaus::clients::cli
