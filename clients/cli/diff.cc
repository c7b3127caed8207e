// `lupaus diff`: what a new book says that the old one does not, in words.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "rules/language/difference.h"

namespace lupaus::clients::cli {
namespace {

using rules::language::Difference;
using rules::model::SourceFile;

struct DifferOptions {
  std::string before, after;
};

struct Side {
  std::vector<SourceFile> sources;
  rules::language::Compiled compiled;
};

/// The book of a file or folder; `has_neighbours` adds what its folder holds beside promises.
rules::model::Result<Side> read_side(const Context& context, const std::string& path,
                                     bool has_neighbours) {
  auto sources = read_sources(context, {path});
  if (!sources) return sources.error();
  Side side;
  side.sources = std::move(*sources);
  if (has_neighbours && side.sources.size() == 1) {
    for (SourceFile& file : read_neighbours(context, path)) side.sources.push_back(std::move(file));
  }
  side.compiled = rules::language::compile(side.sources);
  return side;
}

void print_errors(const Context& context, const Side& side) {
  for (const auto& diagnostic : side.compiled.diagnostics) {
    if (diagnostic.severity != rules::language::Severity::error) continue;
    context.err() << rules::language::format_diagnostic(diagnostic) << "\n";
  }
}

void print_differences(const Context& context, const std::vector<Difference>& differences) {
  if (context.form == Form::table || context.form == Form::wide) {
    for (const Difference& difference : differences) {
      context.out() << rules::language::format_difference(difference) << "\n";
    }
    return;
  }
  Rows rows(context, {{"subject", "SUBJECT"},
                      {"name", "NAME"},
                      {"clause", "CLAUSE"},
                      {"change", "CHANGE"},
                      {"before", "BEFORE"},
                      {"after", "AFTER"},
                      {"text", "TEXT"}});
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Cell::null() : Cell::text(text);
  };
  for (const Difference& difference : differences) {
    rows.add({Cell::text(difference.subject), Cell::text(difference.name),
              or_null(difference.clause),
              Cell::text(std::string(rules::language::format_change(difference.change))),
              or_null(difference.before), or_null(difference.after),
              Cell::text(rules::language::format_difference(difference))});
  }
  rows.finish();
}

void run_diff(Context& context, const DifferOptions& options) {
  auto before = read_side(context, options.before, false);
  auto after = before ? read_side(context, options.after, false) : before;
  if (before && after && (!before->compiled.book || !after->compiled.book)) {
    before = read_side(context, options.before, true);
    after = read_side(context, options.after, true);
  }
  if (!before) return context.fail(before.error(), kUsage);
  if (!after) return context.fail(after.error(), kUsage);
  if (!before->compiled.book || !after->compiled.book) {
    print_errors(context, *before);
    print_errors(context, *after);
    // WHY: 1 says that the books differ; nobody can tell that of a book with errors.
    context.exit_code = kUsage;
    return;
  }
  const auto found = rules::language::differences(*before->compiled.book, *after->compiled.book);
  print_differences(context, found);
  if (!found.empty()) context.exit_code = kNo;
}

}  // namespace

void add_diff(CLI::App& app, Context& context) {
  auto options = std::make_shared<DifferOptions>();
  CLI::App* verb = app.add_subcommand("diff", "What a new book says that the old one does not");
  verb->add_option("old", options->before, "A promise file or a folder of them")->required();
  verb->add_option("new", options->after, "The same, after the change")->required();
  verb->footer("Exit code 0: the books mean the same; 1: they differ; 2: one of them has errors.");
  verb->callback([options, &context] { run_diff(context, *options); });
}

}  // namespace lupaus::clients::cli
