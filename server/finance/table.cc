#include "server/finance/table.h"

#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::server::finance {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;

std::vector<TableRow> make_table(const PayoutBatch& batch, std::span<const Compensation> lines) {
  std::vector<TableRow> rows;
  rows.reserve(lines.size());
  for (const Compensation& line : lines) {
    const bool has_amount = line.amount.has_value();
    rows.push_back(
        {batch.id, rules::ledger::compensation_id(kPartition, line.number), line.customer,
         has_amount ? rules::model::format_amount(*line.amount) : std::string(),
         has_amount ? std::string(line.amount->currency.text()) : std::string(), line.key.promise,
         std::to_string(line.key.revision), line.key.branch, line.key.ticket,
         std::to_string(line.key.cycle), rules::model::format_instant(line.owed_at), line.reason});
  }
  return rows;
}

void append_quoted(std::string& out, std::string_view cell, char separator) {
  const char special[] = {separator, '"', '\r', '\n'};
  if (cell.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace lupaus::server::finance
