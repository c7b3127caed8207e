// `lupaus test`: runs promise tests on a virtual clock.
#include <re2/re2.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <utility>

#include "clients/cli/book_files.h"
#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "rules/scenario/clause_coverage.h"
#include "rules/scenario/edges.h"
#include "rules/scenario/promise_test.h"
#include "rules/scenario/trace.h"

namespace lupaus::clients::cli {
namespace {

using rules::model::BookPtr;
using rules::model::Error;
using rules::model::Result;
using rules::scenario::PromiseTest;
using rules::scenario::TestFile;
using rules::scenario::TestResult;

struct TestOptions {
  std::vector<std::string> paths;
  std::string run, junit;
  bool has_trace = false;
  bool wants_edges = false;
};

/// Which tests run, and how much is said of them.
struct Selection {
  const re2::RE2& name;
  bool wants_trace = false;
};

struct Ran {
  std::string file, name;
  TestResult result;
};

/// Compiles books by their lists of files, each once; names are relative to the test's own folder.
class Books {
 public:
  Books(const Context& context, std::filesystem::path folder)
      : context_(context), folder_(std::move(folder)) {}

  Result<BookPtr> load(const std::vector<std::string>& files) {
    if (const auto known = books_.find(files); known != books_.end()) return known->second;
    std::vector<std::string> paths;
    paths.reserve(files.size());
    for (const auto& file : files) paths.push_back((folder_ / file).lexically_normal().string());
    auto sources = read_sources(context_, paths);
    if (!sources) return sources.error();
    const auto compiled = rules::language::compile(*sources);
    for (const auto& diagnostic : compiled.diagnostics) {
      if (diagnostic.severity == rules::language::Severity::error) return diagnostic.error;
    }
    // WHY: a promise under work is tested before all of its clauses are judged; backtest and apply
    // refuse it.
    for (auto left_out :
         rules::language::unsupported(*compiled.book, rules::language::Judge::backtest)) {
      left_out.severity = rules::language::Severity::warning;
      context_.err() << rules::language::format_diagnostic(left_out) << '\n';
    }
    books_[files] = compiled.book;
    return compiled.book;
  }

 private:
  const Context& context_;
  std::filesystem::path folder_;
  std::map<std::vector<std::string>, BookPtr> books_;
};

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

bool write_junit(const std::string& path, const std::vector<Ran>& all, size_t failed) {
  std::ofstream file(path);
  file << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"lupaus\" tests=\""
       << all.size() << "\" failures=\"" << failed << "\">\n";
  for (const Ran& ran : all) {
    file << "  <testcase classname=\"" << escape_xml(ran.file) << "\" name=\""
         << escape_xml(ran.name) << "\"";
    if (ran.result.has_passed) {
      file << "/>\n";
      continue;
    }
    file << ">\n    <failure message=\"expectation not met\">";
    for (const auto& failure : ran.result.failures) file << escape_xml(failure) << "\n";
    file << escape_xml(ran.result.trace) << "</failure>\n  </testcase>\n";
  }
  file << "</testsuite>\n";
  file.flush();
  return file.good();
}

void print(const Context& context, const Ran& ran, bool wants_trace) {
  const bool has_passed = ran.result.has_passed;
  context.out() << (has_passed ? context.paint(Paint::green, "ok  ")
                               : context.paint(Paint::red, "FAIL"))
                << "  " << ran.name << "\n";
  for (const auto& failure : ran.result.failures) context.out() << "  " << failure << "\n";
  if (ran.result.trace.empty() || (has_passed && !wants_trace)) return;
  std::string indented;
  for (std::string_view rest = ran.result.trace; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    indented += end == 0 ? "\n  |" : "\n  | " + std::string(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  context.out() << indented << "\n\n";
}

void print_rows(const Context& context, const std::vector<Ran>& all) {
  Rows rows(context,
            {{"file", "FILE"}, {"name", "NAME"}, {"passed", "PASSED"}, {"failures", "FAILURES"}});
  for (const Ran& ran : all) {
    std::string failures = "[";
    for (const auto& failure : ran.result.failures)
      failures += (failures.size() == 1 ? "" : ",") + json_quote(failure);
    rows.add({Cell::text(ran.file), Cell::text(ran.name),
              Cell::json(ran.result.has_passed ? "true" : "false", ""),
              Cell::json(failures + "]", "")});
  }
  rows.finish();
}

/// What the tests ran into, over all files.
struct Results {
  std::vector<Ran> all;
  std::vector<rules::scenario::Clause> clauses;
};

void run_file(const Context& context, const std::string& path, const TestFile& test_file,
              const Selection& selection, Results& results) {
  Books books(context, std::filesystem::path(path).parent_path());
  rules::scenario::WatchedBooks watched(
      [&](const std::vector<std::string>& files) { return books.load(files); });
  const auto source = [&](const std::vector<std::string>& files) { return watched.load(files); };
  const auto watcher = [&](const rules::ledger::State& state, const rules::model::Facts& facts) {
    watched.note(state, facts);
  };
  std::vector<Ran>& all = results.all;
  const bool is_text = context.form == Form::table || context.form == Form::wide;
  for (const PromiseTest& test : test_file.tests) {
    if (!re2::RE2::PartialMatch(test.name, selection.name)) continue;
    all.push_back(
        {test_file.name, test.name, rules::scenario::run_test(test_file, test, source, watcher)});
    if (is_text) print(context, all.back(), selection.wants_trace);
  }
  rules::scenario::join(results.clauses, watched.clauses());
}

/// Which clauses no test has ever reached, where any test of their promise ran.
void print_coverage(const Context& context, const std::vector<rules::scenario::Clause>& clauses) {
  // WHY: books of several files may have promises of one name.
  std::map<std::pair<std::string, std::string>, size_t> exercised;
  const auto whose = [](const rules::scenario::Clause& clause) {
    return std::pair(clause.promise, clause.span.file);
  };
  for (const auto& clause : clauses) exercised[whose(clause)] += clause.is_exercised ? 1 : 0;
  size_t count = 0, total = 0;
  std::string never;
  for (const auto& clause : clauses) {
    if (exercised[whose(clause)] == 0) continue;
    ++total;
    count += clause.is_exercised ? 1 : 0;
    if (clause.is_exercised) continue;
    never += "  " + clause.promise + ": " + clause.name + " never exercised, " +
             rules::scenario::format_place(clause.span) + "\n";
  }
  if (total != 0) context.out() << count << " of " << total << " clauses exercised\n" << never;
}

/// `--gen-edges`: a file of tests for each book that the files name.
/// @param told  the books told already, by folder and files: two files of tests may name one
void print_edges(Context& context, const std::string& path, const TestFile& test_file,
                 std::set<std::pair<std::string, std::vector<std::string>>>& told) {
  const auto folder = std::filesystem::path(path).parent_path();
  auto names = test_file.files;
  std::sort(names.begin(), names.end());
  if (!told.emplace(folder.lexically_normal().string(), std::move(names)).second) return;
  Books books(context, folder);
  const auto text = rules::scenario::edge_tests(
      test_file, [&](const std::vector<std::string>& files) { return books.load(files); });
  if (!text) return context.fail(text.error());
  context.out() << "---\n" << *text;
}

void run_tests(Context& context, const TestOptions& options) {
  re2::RE2::Options quiet;
  quiet.set_log_errors(false);
  const re2::RE2 filter(options.run, quiet);
  if (!filter.ok())
    return context.fail(
        "--run: expected a regular expression, but `" + options.run + "`: " + filter.error(),
        kUsage);
  const auto sources = read_sources(context, options.paths);
  if (!sources) return context.fail(sources.error(), kUsage);
  Results results;
  std::set<std::pair<std::string, std::vector<std::string>>> told;
  const std::vector<Ran>& all = results.all;
  size_t found = 0;
  for (const auto& source : *sources) {
    const auto read = rules::scenario::read_tests(source.name, source.text);
    for (const auto& diagnostic : read.diagnostics) context.fail(diagnostic.error);
    if (!read.diagnostics.empty()) return;
    found += read.files.size();
    for (const TestFile& test_file : read.files) {
      if (options.wants_edges) {
        print_edges(context, source.name, test_file, told);
      } else {
        run_file(context, source.name, test_file, {filter, options.has_trace}, results);
      }
    }
  }
  if (options.wants_edges && found != 0) return;
  if (found == 0)
    return context.fail("expected documents of `kind: PromiseTest`, but the files have none");
  if (all.empty())
    return context.fail("no test has a name that matches `" + options.run + "`", kNotFound);
  size_t failed = 0;
  for (const Ran& ran : all) failed += ran.result.has_passed ? 0 : 1;
  if (failed != 0) context.exit_code = kNo;
  if (!options.junit.empty() && !write_junit(options.junit, all, failed)) {
    return context.fail("`" + options.junit + "` cannot be written");
  }
  if (context.form != Form::table && context.form != Form::wide) return print_rows(context, all);
  context.out() << all.size() - failed << " passed, " << failed << " failed\n";
  if (options.run.empty()) print_coverage(context, results.clauses);
}

}  // namespace

void add_test(CLI::App& app, Context& context) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* verb = app.add_subcommand("test", "Run promise tests; needs no server");
  verb->add_option("files", options->paths, "PromiseTest files or folders of them")->required();
  verb->add_option("--run", options->run, "Only tests whose name matches")->type_name("REGEX");
  verb->add_option("--junit", options->junit, "Also write the results as JUnit XML")
      ->type_name("FILE");
  verb->add_flag("--trace", options->has_trace,
                 "Print what happened in every test, not only in failed ones");
  verb->add_flag("--gen-edges", options->wants_edges,
                 "Run nothing; print tests around every limit, tier, closing time and change of "
                 "clocks, as the book judges today");
  verb->callback([options, &context] { run_tests(context, *options); });
}

}  // namespace lupaus::clients::cli
