// `lupaus backtest`: what a book would have judged and paid, over a file of events.
#include "rules/scenario/backtest.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/json_events.h"
#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "clients/cli/progress.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::Instant;
using rules::model::VerdictLine;
using rules::scenario::Backtest;
using rules::scenario::Outcome;
using rules::scenario::VerdictCounts;

struct BacktestOptions {
  std::vector<std::string> promises;
  std::string events, as_of;
};

std::string sums(const VerdictCounts& counts) {
  std::string text;
  for (const auto& [currency, money] : counts.owed) {
    text += (text.empty() ? "" : " + ") + rules::model::format_money(money);
  }
  return text.empty() ? "nothing" : text;
}

void write_counts(std::ostream& out, const std::string& name, const VerdictCounts& counts) {
  out << name << ": " << counts.commitments << " commitments, " << counts.kept << " kept, "
      << counts.breached << " breached, " << counts.voided << " void";
  if (counts.indeterminate != 0) out << ", " << counts.indeterminate << " indeterminate";
  out << ", " << counts.open << " open; owed " << sums(counts) << "\n";
}

void write_summary(std::ostream& out, const Outcome& outcome, const rules::model::Book& book) {
  out << outcome.events << " events";
  if (outcome.as_of) out << " as of " << rules::model::format_instant(*outcome.as_of);
  if (outcome.repeated != 0) out << ", " << outcome.repeated << " repeated";
  if (outcome.later != 0) out << ", " << outcome.later << " later ones left out";
  out << "; zones of tz " << book.tz_version << "\n";
  for (const auto& [promise, counts] : outcome.by_promise) write_counts(out, promise, counts);
  if (outcome.by_promise.size() != 1) write_counts(out, "in all", outcome.total);
}

std::string to_json(const VerdictCounts& counts) {
  std::string owed = "[";
  for (const auto& [currency, money] : counts.owed) {
    owed += (owed.size() == 1 ? "{\"currency\":" : ",{\"currency\":") +
            json_quote(currency.text()) +
            ",\"amount\":" + json_quote(rules::model::format_amount(money)) + "}";
  }
  return "{\"commitments\":" + std::to_string(counts.commitments) +
         ",\"kept\":" + std::to_string(counts.kept) +
         ",\"breached\":" + std::to_string(counts.breached) +
         ",\"void\":" + std::to_string(counts.voided) +
         ",\"excused\":" + std::to_string(counts.excused) +
         ",\"indeterminate\":" + std::to_string(counts.indeterminate) +
         ",\"open\":" + std::to_string(counts.open) + ",\"owed\":" + owed + "]}";
}

std::string summary_json(const Outcome& outcome, const rules::model::Book& book) {
  std::string text =
      "{\"events\":" + std::to_string(outcome.events) + ",\"as_of\":" +
      (outcome.as_of ? json_quote(rules::model::format_instant(*outcome.as_of)) : "null") +
      ",\"tz\":" + json_quote(book.tz_version) + ",\"total\":" + to_json(outcome.total) +
      ",\"promises\":{";
  bool is_first = true;
  for (const auto& [promise, counts] : outcome.by_promise) {
    text += (is_first ? "" : ",") + json_quote(promise) + ":" + to_json(counts);
    is_first = false;
  }
  return text + "}}";
}

Cell time_cell(const std::optional<Instant>& at) {
  return at ? Cell::text(rules::model::format_instant(*at)) : Cell::null();
}

Paint paint_of(rules::model::Verdict verdict) {
  switch (verdict) {
    case rules::model::Verdict::kept:
      return Paint::green;
    case rules::model::Verdict::breached:
      return Paint::red;
    case rules::model::Verdict::indeterminate:
      return Paint::yellow;
    default:
      return Paint::plain;
  }
}

void print_table(const Context& context, const Outcome& outcome) {
  Rows rows(context, {{"branch", "BRANCH"},
                      {"ticket", "TICKET"},
                      {"promise", "PROMISE"},
                      {"revision", "REVISION", true, true},
                      {"cycle", "CYCLE", true, true},
                      {"verdict", "VERDICT"},
                      {"started_at", "STARTED AT"},
                      {"due_at", "DUE AT", true},
                      {"stopped_at", "STOPPED AT", true},
                      {"counted", "COUNTED", false, true},
                      {"late_by", "LATE BY", false, true},
                      {"owed", "OWED", false, true},
                      {"paid_state", "STATE", true},
                      {"reason", "REASON", true}});
  for (const VerdictLine& line : outcome.lines) {
    rows.add(
        {Cell::text(line.key.branch), Cell::text(line.key.ticket), Cell::text(line.key.promise),
         Cell::number(std::to_string(line.key.revision)),
         Cell::number(std::to_string(line.key.cycle)),
         Cell::text(std::string(rules::model::format_verdict(line.verdict)),
                    paint_of(line.verdict)),
         time_cell(line.started_at), time_cell(line.due_at), time_cell(line.stopped_at),
         Cell::text(rules::model::format_duration(line.counted)),
         line.late_by ? Cell::text(rules::model::format_duration(*line.late_by)) : Cell::null(),
         line.owed ? Cell::text(rules::model::format_money(*line.owed)) : Cell::null(),
         Cell::text(std::string(rules::model::format_paid_state(line.paid_state))),
         Cell::text(line.reason)});
  }
  rows.finish();
}

void print_outcome(const Context& context, const Outcome& outcome, const rules::model::Book& book) {
  switch (context.form) {
    case Form::ndjson:
      for (const VerdictLine& line : outcome.lines)
        context.out() << rules::model::to_json(line) << "\n";
      write_summary(context.err(), outcome, book);
      return;
    case Form::json:
      context.out() << "{\"summary\":" << summary_json(outcome, book) << ",\"lines\":[";
      for (size_t i = 0; i < outcome.lines.size(); ++i) {
        context.out() << (i == 0 ? "\n" : ",\n") << rules::model::to_json(outcome.lines[i]);
      }
      context.out() << "\n]}\n";
      return;
    case Form::csv:
      print_table(context, outcome);
      write_summary(context.err(), outcome, book);
      return;
    case Form::table:
    case Form::wide:
      print_table(context, outcome);
      context.out() << "\n";
      write_summary(context.out(), outcome, book);
  }
}

/// False when it was refused; the complaint is printed.
bool read_events(Context& context, const std::string& path, Backtest& backtest) {
  std::ifstream file;
  uint64_t size = 0;
  if (path != "-") {
    file.open(path, std::ios::binary);
    std::error_code error;
    if (!file || std::filesystem::is_directory(path, error)) {
      context.fail("expected a file of events, but `" + path + "` cannot be read", kUsage);
      return false;
    }
    size = std::filesystem::file_size(path, error);
    if (error) size = 0;
  }
  JsonEventReader reader(path == "-" ? context.streams.in : file, path == "-" ? "stdin" : path);
  Progress progress(context, "reading bytes", size);
  rules::model::Event event;
  while (true) {
    const auto read = reader.next(event);
    if (!read) {
      context.fail(read.error());
      return false;
    }
    if (!*read) return true;
    if (const auto added = backtest.add(event, reader.line()); !added) {
      context.fail(added.error());
      return false;
    }
    progress.show(reader.bytes());
  }
}

void run_backtest(Context& context, const BacktestOptions& options) {
  std::optional<Instant> as_of;
  if (!options.as_of.empty()) {
    const auto parsed = rules::model::parse_instant(options.as_of);
    if (!parsed) return context.fail("--as-of: " + parsed.error().message, kUsage);
    as_of = *parsed;
  }
  const auto book = load_book(context, options.promises);
  if (book == nullptr) return;
  Backtest backtest(book, options.events == "-" ? "stdin" : options.events);
  if (!read_events(context, options.events, backtest)) return;
  const auto outcome = backtest.finish(as_of);
  if (!outcome) return context.fail(outcome.error());
  print_outcome(context, *outcome, *book);
}

}  // namespace

void add_backtest(CLI::App& app, Context& context) {
  auto options = std::make_shared<BacktestOptions>();
  CLI::App* verb = app.add_subcommand("backtest", "Judge a file of events with no server");
  verb->add_option("--promises", options->promises, "Promise files or folders of them")->required();
  verb->add_option("--events", options->events, "Events as JSON lines; - is stdin")
      ->required()
      ->type_name("FILE");
  verb->add_option("--as-of", options->as_of, "Judge as if it were then (default: the last event)")
      ->type_name("TIME");
  verb->callback([options, &context] { run_backtest(context, *options); });
}

}  // namespace lupaus::clients::cli
