// The form that a double click opens rightly where the decimal is a comma. Cells are text from
// outside: whatever Excel would run as a formula is disarmed.
#include <algorithm>

#include "rules/model/utf8.h"
#include "server/finance/table.h"

namespace lupaus::server::finance {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r";

void to_excel_cell(size_t column, std::string& cell) {
  if (column == kAmountColumn) {
    std::replace(cell.begin(), cell.end(), '.', ',');
  } else if (!cell.empty() && kFormulaStarts.find(cell.front()) != std::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
}

}  // namespace

rules::model::Result<void> write_csv_excel(const BatchFile& file, const Sink& sink) {
  Output out(sink);
  out.text = rules::model::kByteOrderMark;
  const std::vector<std::string_view> columns = columns_of(file, true);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) out.text += ';';
    out.text += columns[i];
  }
  out.text += "\r\n";
  std::vector<std::string> row;
  for (size_t line = 0; line < file.request.lines.size(); ++line) {
    fill_row(file, true, line, row);
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out.text += ';';
      to_excel_cell(i, row[i]);
      append_quoted(out.text, row[i], ';');
    }
    out.text += "\r\n";
    out.pass_on();
  }
  out.finish();
  return {};
}

}  // namespace lupaus::server::finance
