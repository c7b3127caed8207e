// Counts of verdicts as columns, text and JSON: the same in breakdowns, grids and summaries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/output.h"
#include "rules/scenario/backtest.h"

namespace lupaus::clients::cli {

std::string sums_json(const rules::scenario::VerdictCounts& counts);
/// "EUR 10.00 + SEK 5.00", or "nothing".
std::string sums_text(const rules::scenario::VerdictCounts& counts);
/// "93.4"; nullopt when nothing was decided.
std::optional<std::string> kept_percent(const rules::scenario::VerdictCounts& counts);
std::string to_json(const rules::scenario::VerdictCounts& counts);

Cell sums_cell(const Context& context, const rules::scenario::VerdictCounts& counts);
void add_count_columns(std::vector<Column>& columns);
void add_count_cells(const Context& context, const rules::scenario::VerdictCounts& counts,
                     std::vector<Cell>& cells);

}  // namespace lupaus::clients::cli
