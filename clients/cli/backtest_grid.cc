// The grid of a sweep: a row a variant; for people, with two clauses, a matrix of kept rate and
// sum.
#include <ostream>

#include "clients/cli/backtest_counts.h"
#include "clients/cli/backtest_report.h"

namespace lupaus::clients::cli {
namespace {

using rules::scenario::SweepCell;
using rules::scenario::SweepGrid;

void print_rows(const Context& context, const SweepGrid& grid) {
  std::vector<Column> columns;
  for (const std::string& axis : grid.axes) columns.push_back({axis, axis, false, true});
  add_count_columns(columns);
  Rows rows(context, columns);
  for (const SweepCell& cell : grid.cells) {
    std::vector<Cell> cells;
    for (const std::string& value : cell.values) cells.push_back(Cell::text(value));
    add_count_cells(context, cell.counts, cells);
    rows.add(std::move(cells));
  }
  rows.finish();
}

/// A row for each value of the first axis, a column for each of the second.
void print_matrix(const Context& context, const SweepGrid& grid) {
  size_t width = 0;
  while (width < grid.cells.size() && grid.cells[width].values[0] == grid.cells[0].values[0])
    ++width;
  std::vector<Column> columns = {{grid.axes[0], grid.axes[0] + " \\ " + grid.axes[1], false, true}};
  for (size_t i = 0; i < width; ++i) {
    const std::string& value = grid.cells[i].values[1];
    columns.push_back({value, value, false, true});
  }
  Rows rows(context, columns);
  for (size_t row = 0; row * width < grid.cells.size(); ++row) {
    std::vector<Cell> cells = {Cell::text(grid.cells[row * width].values[0])};
    for (size_t i = 0; i < width; ++i) {
      const auto& counts = grid.cells[row * width + i].counts;
      const auto percent = kept_percent(counts);
      cells.push_back(Cell::text((percent ? *percent + " %" : "-") + std::string("  ") +
                                 (counts.owed.empty() ? "-" : sums_text(counts))));
    }
    rows.add(std::move(cells));
  }
  rows.finish();
}

void write_notes(std::ostream& out, const SweepGrid& grid) {
  out << grid.promise << ": " << grid.cells.size() << " variants over " << grid.events << " events";
  if (grid.as_of) out << " as of " << rules::model::format_instant(*grid.as_of);
  out << "; zones of tz " << grid.tz_version << "\n";
  if (grid.first_at) {
    out << "log from " << rules::model::format_instant(*grid.first_at) << " to "
        << rules::model::format_instant(*grid.last_at) << "; book " << grid.book_hash << "\n";
  }
  for (const std::string& note : grid.notes) out << note << "\n";
  out << kAssumption << "\n";
}

std::string quoted_instant(const std::optional<rules::model::Instant>& at) {
  return at ? json_quote(rules::model::format_instant(*at)) : "null";
}

void print_json(const Context& context, const SweepGrid& grid) {
  std::string notes;
  for (const std::string& note : grid.notes) notes += (notes.empty() ? "" : ",") + json_quote(note);
  context.out() << "{\"sweep\":{\"promise\":" << json_quote(grid.promise)
                << ",\"events\":" << grid.events << ",\"as_of\":" << quoted_instant(grid.as_of)
                << ",\"tz\":" << json_quote(grid.tz_version)
                << ",\"log\":{\"from\":" << quoted_instant(grid.first_at)
                << ",\"to\":" << quoted_instant(grid.last_at)
                << "},\"book\":" << json_quote(grid.book_hash) << ",\"notes\":[" << notes
                << "],\"assumption\":" << json_quote(kAssumption) << "},\"cells\":";
  print_rows(context, grid);
  context.out() << "}\n";
}

}  // namespace

void print_grid(const Context& context, const SweepGrid& grid) {
  if (context.form == Form::json) return print_json(context, grid);
  const bool is_matrix = context.form == Form::table && grid.axes.size() == 2;
  if (is_matrix) {
    print_matrix(context, grid);
  } else {
    print_rows(context, grid);
  }
  const bool is_for_people = context.form == Form::table || context.form == Form::wide;
  if (is_for_people) context.out() << "\n";
  write_notes(is_for_people ? context.out() : context.err(), grid);
}

}  // namespace lupaus::clients::cli
