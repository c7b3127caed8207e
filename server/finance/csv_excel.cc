// The form that a double click opens rightly where the decimal is a comma. Cells are text from
// outside: whatever Excel would run as a formula is disarmed.
#include <algorithm>

#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

std::string to_excel_cell(const TableRow& row, size_t column) {
  std::string cell = row[column];
  if (column == kAmountColumn) {
    std::replace(cell.begin(), cell.end(), '.', ',');
  } else if (!cell.empty() && kFormulaStarts.find(cell.front()) != std::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
  return cell;
}

}  // namespace

std::string write_csv_excel(std::span<const TableRow> rows) {
  std::string out(kByteOrderMark);
  for (size_t i = 0; i < kColumns.size(); ++i) {
    if (i != 0) out += ';';
    out += kColumns[i];
  }
  out += "\r\n";
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out += ';';
      append_quoted(out, to_excel_cell(row, i), ';');
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace lupaus::server::finance
