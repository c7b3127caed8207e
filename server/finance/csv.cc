// The machine's form: RFC 4180 with a plain line feed.
#include "server/finance/table.h"

namespace lupaus::server::finance {

std::string write_csv(std::span<const TableRow> rows) {
  std::string out;
  for (size_t i = 0; i < kColumns.size(); ++i) {
    if (i != 0) out += ',';
    out += kColumns[i];
  }
  out += '\n';
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out += ',';
      append_quoted(out, row[i], ',');
    }
    out += '\n';
  }
  return out;
}

}  // namespace lupaus::server::finance
