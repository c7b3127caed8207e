// The machine's form: RFC 4180 with a plain line feed.
#include "server/finance/table.h"

namespace lupaus::server::finance {

rules::model::Result<void> write_csv(const BatchFile& file, const Sink& sink) {
  Output out(sink);
  for (const std::string_view column : columns_of(file, true)) {
    if (!out.text.empty()) out.text += ',';
    out.text += column;
  }
  out.text += '\n';
  std::vector<std::string> row;
  for (size_t line = 0; line < file.request.lines.size(); ++line) {
    fill_row(file, true, line, row);
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out.text += ',';
      append_quoted(out.text, row[i], ',');
    }
    out.text += '\n';
    out.pass_on();
  }
  out.finish();
  return {};
}

}  // namespace lupaus::server::finance
