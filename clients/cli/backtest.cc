// `lupaus backtest`: what a book would have judged and paid, over a file of events or over the
// server's own history.
#include "rules/scenario/backtest.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "clients/cli/backtest_history.h"
#include "clients/cli/backtest_report.h"
#include "clients/cli/book_files.h"
#include "clients/cli/json_events.h"
#include "clients/cli/offline.h"
#include "clients/cli/progress.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::Instant;
using rules::scenario::EventLog;
using rules::scenario::Proceed;

struct BacktestWords {
  std::vector<std::string> promises, against, by, sweeps;
  std::string events, as_of, promise;
  bool is_changes_only = false;
};

/// False when it was refused; the complaint is printed.
bool read_events(Context& context, const std::string& path, EventLog& log) {
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
    if (!*read) break;
    if (const auto added = log.add(event, reader.line()); !added) {
      context.fail(added.error());
      return false;
    }
    progress.show(reader.bytes());
  }
  if (const auto arranged = log.arrange(); !arranged) {
    context.fail(arranged.error());
    return false;
  }
  return true;
}

/// A progress line that lives as long as what it returns.
Proceed show_progress(const Context& context, const std::string& what) {
  auto shown = std::make_shared<std::unique_ptr<Progress>>();
  return [shown, &context, what](uint64_t done, uint64_t total) {
    if (*shown == nullptr) *shown = std::make_unique<Progress>(context, what, total);
    (*shown)->show_now(done);
    return true;
  };
}

void sweep_file(Context& context, const EventLog& log, const rules::model::BookPtr& book,
                const BacktestRequest& request) {
  rules::scenario::SweepOptions options{request.promise, request.axes, request.as_of,
                                        show_progress(context, "judging variants")};
  const auto grid = rules::scenario::sweep_log(log, book, options);
  options.proceed = nullptr;
  if (!grid) return context.fail(grid.error(), grid.error().code == "bad_sweep" ? kUsage : kNo);
  print_grid(context, *grid);
}

void judge_file(Context& context, const EventLog& log, const rules::model::BookPtr& book,
                const std::vector<std::string>& against, const BacktestRequest& request) {
  const auto judge = [&](const rules::model::BookPtr& judged) {
    return rules::scenario::judge_log(log, judged,
                                      {request.as_of, show_progress(context, "judging tickets")});
  };
  auto outcome = judge(book);
  if (!outcome) return context.fail(outcome.error());
  BacktestResult result{std::move(*outcome), std::nullopt};
  if (!against.empty()) {
    const auto todays_book = load_book(context, against);
    if (todays_book == nullptr) return;
    const auto todays = judge(todays_book);
    if (!todays) return context.fail(todays.error());
    result.today.emplace().take(todays->lines);
  }
  print_result(context, result, request.view);
}

/// False when a word is wrong; the complaint is printed.
bool read_words(Context& context, const BacktestWords& words, BacktestRequest& request) {
  const auto refuse = [&](const std::string& message) {
    context.fail(message, kUsage);
    return false;
  };
  if (!words.as_of.empty()) {
    const auto parsed = rules::model::parse_instant(words.as_of);
    if (!parsed) return refuse("--as-of: " + parsed.error().message);
    request.as_of = *parsed;
  }
  for (const std::string& name : words.by) {
    const auto dimension = rules::scenario::find_dimension(name);
    if (!dimension)
      return refuse("--by: expected promise, branch, service or hour, but `" + name + "` is none");
    request.view.by.push_back(*dimension);
  }
  for (const std::string& text : words.sweeps) {
    auto axis = rules::scenario::parse_sweep(text);
    if (!axis) {
      context.fail(axis.error(), kUsage);
      return false;
    }
    request.axes.push_back(std::move(*axis));
  }
  request.sweeps = words.sweeps;
  request.promise = words.promise;
  request.view.is_changes_only = words.is_changes_only;
  if (!words.sweeps.empty() &&
      (!words.against.empty() || !words.by.empty() || words.is_changes_only))
    return refuse("--sweep prints a grid: leave out --against, --by and --changes");
  if (words.events.empty() && !words.against.empty())
    return refuse("--against is for --events FILE; the server's history has its own verdicts");
  if (words.is_changes_only && !words.events.empty() && words.against.empty())
    return refuse("--changes needs --against FILES, but there is none");
  return true;
}

void run_backtest(Context& context, const BacktestWords& words) {
  BacktestRequest request;
  if (!read_words(context, words, request)) return;
  if (words.events.empty()) return run_over_history(context, words.promises, request);
  const auto book = load_book(context, words.promises);
  if (book == nullptr) return;
  EventLog log(words.events == "-" ? "stdin" : words.events);
  if (!read_events(context, words.events, log)) return;
  if (!request.axes.empty()) return sweep_file(context, log, book, request);
  judge_file(context, log, book, words.against, request);
}

}  // namespace

void add_backtest(CLI::App& app, Context& context) {
  auto words = std::make_shared<BacktestWords>();
  CLI::App* verb = app.add_subcommand(
      "backtest", "Judge a file of events, or the server's history, under these promises");
  verb->add_option("--promises", words->promises, "Promise files or folders of them")->required();
  verb->add_option("--events", words->events,
                   "Events as JSON lines; - is stdin (default: the server's own history)")
      ->type_name("FILE");
  verb->add_option("--as-of", words->as_of, "Judge as if it were then (default: the last event)")
      ->type_name("TIME");
  verb->add_option("--against", words->against, "Today's promise files, to show what changes");
  verb->add_flag("--changes", words->is_changes_only, "Print only what changes");
  verb->add_option("--by", words->by, "Count by promise, branch, service and hour")->delimiter(',');
  verb->add_option("--sweep", words->sweeps,
                   "A grid of variants: within=5m..20m/1m, pay=5..20/5, tiers[1].pay=20,30")
      ->allow_extra_args(false)
      ->type_name("CLAUSE=VALUES");
  verb->add_option("--promise", words->promise, "The promise to sweep, where the book has several");
  verb->callback([words, &context] { run_backtest(context, *words); });
}

}  // namespace lupaus::clients::cli
