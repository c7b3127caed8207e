#include "clients/cli/csv_reader.h"

#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

/// The separator that the first line has more of, outside of quotes.
char find_separator(std::string_view text) {
  size_t commas = 0, semicolons = 0;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (c == '\n' || c == '\r') break;
    commas += c == ',' ? 1 : 0;
    semicolons += c == ';' ? 1 : 0;
  }
  return semicolons > commas ? ';' : ',';
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(rules::model::after_byte_order_mark(text)) {
  separator_ = find_separator(text_);
}

bool CsvReader::at_line_end() const {
  return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

/// LF, CRLF, or the CR of old spreadsheets.
void CsvReader::pass_line_end() {
  if (at_ == text_.size()) return;
  at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
  ++line_;
}

bool CsvReader::read_quoted(std::string& field) {
  const uint32_t begin = line_;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c != '"') {
      line_ += c == '\n' ? 1 : 0;
      field += c;
    } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      field += text_[++at_];
    } else {
      ++at_;
      return true;
    }
  }
  fault_ = "expected a quote that ends, but the one that begins on line " + std::to_string(begin) +
           " does not";
  return false;
}

/// Text behind a closing quote belongs to the field, as spreadsheets have it.
bool CsvReader::read_field(std::string& field) {
  field.clear();
  if (at_ < text_.size() && text_[at_] == '"' && !read_quoted(field)) return false;
  while (!at_line_end() && text_[at_] != separator_) field += text_[at_++];
  return true;
}

bool CsvReader::next(CsvRow& row) {
  row.fields.clear();
  while (at_ < text_.size() && at_line_end()) pass_line_end();
  if (at_ == text_.size() || !fault_.empty()) return false;
  row.line = line_;
  while (true) {
    row.fields.emplace_back();
    if (!read_field(row.fields.back())) return false;
    if (at_line_end()) break;
    ++at_;  // the separator
  }
  pass_line_end();
  return true;
}

}  // namespace lupaus::clients::cli
