// One order of columns for all counts.
#include "clients/cli/backtest_counts.h"

#include <fmt/format.h>

namespace lupaus::clients::cli {

using rules::scenario::VerdictCounts;

std::string sums_json(const VerdictCounts& counts) {
  std::string owed = "[";
  for (const auto& [currency, money] : counts.owed) {
    owed += (owed.size() == 1 ? "{\"currency\":" : ",{\"currency\":") +
            json_quote(currency.text()) +
            ",\"amount\":" + json_quote(rules::model::format_amount(money)) + "}";
  }
  return owed + "]";
}

std::string sums_text(const VerdictCounts& counts) {
  std::string text;
  for (const auto& [currency, money] : counts.owed) {
    text += (text.empty() ? "" : " + ") + rules::model::format_money(money);
  }
  return text.empty() ? "nothing" : text;
}

std::optional<std::string> kept_percent(const VerdictCounts& counts) {
  const auto permille = counts.kept_permille();
  if (!permille) return std::nullopt;
  return fmt::format("{}.{}", *permille / 10, *permille % 10);
}

std::string to_json(const VerdictCounts& counts) {
  return fmt::format(
      R"({{"commitments":{},"kept":{},"breached":{},"void":{},"excused":{},"indeterminate":{},"open":{},"owed":{},"kept_percent":{}}})",
      counts.commitments, counts.kept, counts.breached, counts.voided, counts.excused,
      counts.indeterminate, counts.open, sums_json(counts), kept_percent(counts).value_or("null"));
}

void add_count_columns(std::vector<Column>& columns) {
  columns.insert(columns.end(), {{"commitments", "COMMITMENTS", false, true},
                                 {"kept", "KEPT", false, true},
                                 {"breached", "BREACHED", false, true},
                                 {"void", "VOID", true, true},
                                 {"excused", "EXCUSED", true, true},
                                 {"indeterminate", "INDETERMINATE", true, true},
                                 {"open", "OPEN", true, true},
                                 {"kept_percent", "KEPT %", false, true},
                                 {"owed_count", "PAYOUTS", true, true},
                                 {"owed", "OWED", false, true}});
}

Cell sums_cell(const Context& context, const VerdictCounts& counts) {
  if (context.form == Form::csv)
    return counts.owed.empty() ? Cell::null() : Cell::text(sums_text(counts));
  return Cell::json(sums_json(counts), counts.owed.empty() ? "-" : sums_text(counts));
}

void add_count_cells(const Context& context, const VerdictCounts& counts,
                     std::vector<Cell>& cells) {
  for (const uint64_t count : {counts.commitments, counts.kept, counts.breached, counts.voided,
                               counts.excused, counts.indeterminate, counts.open})
    cells.push_back(Cell::number(std::to_string(count)));
  const auto percent = kept_percent(counts);
  cells.push_back(percent ? Cell::number(*percent) : Cell::null());
  cells.push_back(Cell::number(std::to_string(counts.owed_count)));
  cells.push_back(sums_cell(context, counts));
}

}  // namespace lupaus::clients::cli
