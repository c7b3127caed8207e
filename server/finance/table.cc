#include "server/finance/table.h"

#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::server::finance {

using rules::ledger::Compensation;

std::vector<std::string_view> columns_of(const BatchFile& file, bool with_reason) {
  std::vector<std::string_view> columns = {"batch",    "payout",  "customer", "amount",
                                           "currency", "promise", "revision", "branch",
                                           "ticket",   "cycle",   "owed_at"};
  if (with_reason) columns.emplace_back("reason");
  if (file.has_payees()) columns.insert(columns.end(), {"name", "iban"});
  return columns;
}

void fill_row(const BatchFile& file, bool with_reason, size_t index,
              std::vector<std::string>& row) {
  const Compensation& line = file.request.lines[index];
  row.clear();
  row.push_back(file.request.batch.id);
  row.push_back(payout_id(line));
  row.push_back(line.customer);
  row.push_back(rules::model::format_amount(*line.amount));
  row.emplace_back(line.amount->currency.text());
  row.push_back(line.key.promise);
  row.push_back(std::to_string(line.key.revision));
  row.push_back(line.key.branch);
  row.push_back(line.key.ticket);
  row.push_back(std::to_string(line.key.cycle));
  row.push_back(rules::model::format_instant(line.owed_at));
  if (with_reason) row.push_back(line.owed_reason);
  if (!file.has_payees()) return;
  const auto& payee = file.payees[index];
  row.push_back(payee ? payee->name : "");
  row.push_back(payee ? payee->iban : "");
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
