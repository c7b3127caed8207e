// `lupaus events import`: a wide table (a row a case, a column a time) becomes events, on a server
// or in a file.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <istream>
#include <memory>
#include <ostream>

#include "clients/cli/import_map.h"
#include "clients/cli/import_sort.h"
#include "clients/cli/import_stream.h"
#include "clients/cli/json_events.h"
#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "clients/cli/progress.h"
#include "rules/model/utf8.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::Error;
using rules::model::Instant;
using rules::model::Result;

struct ImportOptions {
  std::string map, table, to_file, as_of;
};

/// Splits a row; a cell in double quotes may hold the separator and doubled quotes. False when a
/// quote stays open.
bool split(const std::string& line, char separator, std::vector<std::string>& unquoted,
           std::vector<std::string_view>& cells) {
  cells.clear();
  unquoted.clear();
  unquoted.reserve(line.size());  // WHY: the views into its strings must not move
  size_t at = 0;
  while (true) {
    if (at < line.size() && line[at] == '"') {
      std::string& cell = unquoted.emplace_back();
      for (++at;; ++at) {
        if (at >= line.size()) return false;
        if (line[at] != '"') {
          cell += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          cell += line[at++];
        } else {
          break;
        }
      }
      cells.push_back(cell);
      ++at;
      if (at < line.size() && line[at] != separator) return false;
    } else {
      const size_t end = std::min(line.find(separator, at), line.size());
      cells.push_back(std::string_view(line).substr(at, end - at));
      at = end;
    }
    if (at >= line.size()) return true;
    ++at;
  }
}

struct Counts {
  uint64_t rows = 0, later = 0;
  std::map<std::string, uint64_t> left_out;
};

class Table {
 public:
  Table(const Context& context, std::istream& in, std::string name, uint64_t bytes)
      : in_(in), name_(std::move(name)), progress_(context, "reading bytes", bytes) {}

  Result<void> read(ImportMap& map, const std::optional<Instant>& as_of, EventSorter& sorter,
                    Counts& counts) {
    std::string line;
    std::vector<std::string> unquoted;
    std::vector<std::string_view> cells;
    if (!next_line(line))
      return complaint(
          "expected a header line with the names of the columns, but the table is empty");
    line.erase(0, line.size() - rules::model::after_byte_order_mark(line).size());
    if (!rules::model::is_utf8(line)) return not_utf8();
    if (!split(line, map.separator(), unquoted, cells))
      return complaint("expected a closing quote, but the line ends");
    if (auto bound = map.bind(cells); !bound) return bound;
    const size_t width = cells.size();
    while (next_line(line)) {
      if (line.empty()) continue;
      if (!rules::model::is_utf8(line)) return not_utf8();
      if (!split(line, map.separator(), unquoted, cells))
        return complaint("expected a closing quote, but the line ends");
      if (cells.size() != width) {
        return complaint("expected " + std::to_string(width) +
                         " columns as in the header, but there are " +
                         std::to_string(cells.size()));
      }
      auto row = map.read(cells);
      if (!row) return complaint(row.error().message);
      ++counts.rows;
      if (row->left_out_as)
        ++counts.left_out[row->left_out_as->empty() ? "without an event" : *row->left_out_as];
      for (RowEvent& event : row->events) {
        if (as_of && event.at > *as_of) {
          ++counts.later;
        } else if (auto added = sorter.add(std::move(event)); !added) {
          return added;
        }
      }
    }
    return in_.bad() ? complaint("expected more of the table, but it could not be read")
                     : Result<void>();
  }

 private:
  bool next_line(std::string& line) {
    if (!std::getline(in_, line)) return false;
    ++line_;
    bytes_ += line.size() + 1;
    progress_.show(bytes_);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return true;
  }

  Result<void> complaint(std::string message, std::string hint = "") const {
    return Error{
        "bad_row", std::move(message), std::move(hint), {name_, static_cast<uint32_t>(line_), 0}};
  }

  Result<void> not_utf8() const {
    return complaint("expected UTF-8, but this line has other bytes",
                     "save the table as `CSV UTF-8`");
  }

  std::istream& in_;
  std::string name_;
  Progress progress_;
  uint64_t line_ = 0, bytes_ = 0;
};

/// Writes JSON lines that `backtest --events` and `events send` read.
Result<uint64_t> write_lines(std::ostream& out, EventSorter& sorter) {
  SortedEvent sorted;
  std::vector<rules::model::Attribute> attributes;
  uint64_t count = 0;
  while (true) {
    const auto has_next = sorter.next(sorted);
    if (!has_next) return has_next.error();
    if (!*has_next) break;
    attributes.clear();
    for (const auto& [name, value] : sorted.event.attributes) attributes.push_back({name, value});
    rules::model::Event event;
    event.source = sorted.event.source;
    event.epoch = 1;
    event.sequence = sorted.sequence;
    event.branch = sorted.event.branch;
    event.ticket = sorted.event.ticket;
    event.type = sorted.event.type;
    event.occurred_at = sorted.event.at;
    event.attributes = attributes;
    out << to_json_line(event) << "\n";
    ++count;
  }
  out.flush();
  if (!out) return Error{"", "the events could not be written to the end", "", {}};
  return count;
}

/// False when it failed; the complaint is printed.
bool deliver(Context& context, const ImportOptions& options, Instant as_of, EventSorter& sorter,
             uint64_t& count) {
  const bool is_printed =
      options.to_file == "-" || (options.to_file.empty() && context.form == Form::ndjson);
  if (is_printed || !options.to_file.empty()) {
    std::ofstream file;
    if (!is_printed) file.open(options.to_file, std::ios::binary | std::ios::trunc);
    if (!is_printed && !file) {
      context.fail("`" + options.to_file + "` cannot be written");
      return false;
    }
    const auto written = write_lines(is_printed ? context.out() : file, sorter);
    if (!written) {
      context.fail(written.error());
      return false;
    }
    count = *written;
    return true;
  }
  const auto streamed = stream_events(context, sorter, as_of,
                                      [&](SortedEvent& sorted) { return sorter.next(sorted); });
  if (!streamed) return false;
  count = streamed->sent;
  if (streamed->known != 0)
    context.err() << streamed->known << " events were on the server already\n";
  if (streamed->rejected != 0) {
    context.err() << streamed->rejected
                  << " events were kept but not applied: `lupaus events rejected` lists them\n";
    context.exit_code = kNo;
  }
  return true;
}

void run_import(Context& context, const ImportOptions& options) {
  std::optional<Instant> as_of;
  if (!options.as_of.empty()) {
    const auto parsed = rules::model::parse_instant(options.as_of);
    if (!parsed) return context.fail("--as-of: " + parsed.error().message, kUsage);
    as_of = *parsed;
  }
  const auto text = context.read_file(options.map);
  if (!text) return context.fail(text.error(), kUsage);
  if (!rules::model::is_utf8(*text)) {
    return context.fail({"",
                         "expected UTF-8, but `" + options.map + "` has other bytes",
                         "save the file as UTF-8",
                         {}},
                        kUsage);
  }
  auto map = ImportMap::parse(options.map, *text);
  if (!map) return context.fail(map.error());
  std::ifstream file;
  uint64_t bytes = 0;
  if (options.table != "-") {
    file.open(options.table, std::ios::binary);
    std::error_code error;
    if (!file || std::filesystem::is_directory(options.table, error)) {
      return context.fail("expected a table, but `" + options.table + "` cannot be read", kUsage);
    }
    bytes = std::filesystem::file_size(options.table, error);
    if (error) bytes = 0;
  }
  EventSorter sorter;
  Counts counts;
  {
    Table table(context, options.table == "-" ? context.streams.in : file,
                options.table == "-" ? "stdin" : options.table, bytes);
    if (auto read = table.read(*map, as_of, sorter, counts); !read)
      return context.fail(read.error());
  }
  if (auto finished = sorter.finish(); !finished) return context.fail(finished.error());
  uint64_t count = 0;
  if (!deliver(context, options, as_of.value_or(sorter.last_at()), sorter, count)) return;
  context.err() << counts.rows << " rows, " << count << " events of " << sorter.sources().size()
                << " sources\n";
  for (const auto& [reason, rows] : counts.left_out)
    context.err() << "  left out: " << rows << " " << reason << "\n";
  if (counts.later != 0)
    context.err() << "  left out: " << counts.later << " events after --as-of\n";
}

}  // namespace

void add_import(CLI::App& events, Context& context) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* verb =
      events.add_subcommand("import", "Turn a table (a row a case, a column a time) into events");
  verb->add_option("--map", options->map, "How columns become events (YAML)")
      ->required()
      ->type_name("FILE");
  verb->add_option("table", options->table, "The table, with a header line; - is stdin")
      ->required();
  verb->add_option("--to-file", options->to_file,
                   "Write JSON lines instead of sending; - is stdout")
      ->type_name("FILE");
  verb->add_option("--as-of", options->as_of, "Leave out events after it; all before it is told")
      ->type_name("TIME");
  verb->callback([options, &context] { run_import(context, *options); });
}

}  // namespace lupaus::clients::cli
