// `lupaus check`: are these promise files right? Every complaint in one pass.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/offline.h"
#include "clients/cli/output.h"
#include "rules/scenario/test_file.h"

namespace lupaus::clients::cli {
namespace {

using rules::language::Diagnostic;
using rules::language::Severity;

struct CheckOptions {
  std::vector<std::string> paths;
  bool is_strict = false;
};

struct Finding {
  std::string severity;
  rules::model::Error error;
};

std::string count_of(size_t count, const std::string& noun, const std::string& plural) {
  return std::to_string(count) + " " + (count == 1 ? noun : plural);
}

std::vector<Finding> find_all(const rules::language::Compiled& compiled,
                              const std::vector<rules::model::SourceFile>& sources) {
  std::vector<Finding> findings;
  for (const Diagnostic& diagnostic : compiled.diagnostics) {
    findings.push_back(
        {diagnostic.severity == Severity::error ? "error" : "warning", diagnostic.error});
  }
  for (const auto& source : sources) {
    for (const Diagnostic& diagnostic :
         rules::scenario::read_tests(source.name, source.text).diagnostics) {
      // WHY: what is wrong with the text itself was complained about above already.
      const bool is_told = std::any_of(findings.begin(), findings.end(), [&](const Finding& told) {
        return told.error.span == diagnostic.error.span;
      });
      if (!is_told) findings.push_back({"error", diagnostic.error});
    }
  }
  if (compiled.book == nullptr) return findings;
  for (const Diagnostic& diagnostic : rules::language::unsupported(*compiled.book)) {
    findings.push_back({"note", diagnostic.error});
  }
  return findings;
}

void print_findings(const Context& context, const std::vector<Finding>& findings) {
  if (context.form == Form::table || context.form == Form::wide) {
    for (const Finding& finding : findings) {
      std::string text = rules::model::format_error(finding.error);
      if (const size_t place = text.find("error");
          finding.severity != "error" && place != std::string::npos) {
        text.replace(place, 5, finding.severity);
      }
      context.err() << text << "\n";
    }
    return;
  }
  Rows rows(context, {{"severity", "SEVERITY"},
                      {"code", "CODE"},
                      {"file", "FILE"},
                      {"line", "LINE"},
                      {"column", "COLUMN"},
                      {"message", "MESSAGE"},
                      {"hint", "HINT"}});
  for (const Finding& finding : findings) {
    const auto& span = finding.error.span;
    rows.add({Cell::text(finding.severity), Cell::text(finding.error.code), Cell::text(span.file),
              Cell::number(std::to_string(span.line)), Cell::number(std::to_string(span.column)),
              Cell::text(finding.error.message), Cell::text(finding.error.hint)});
  }
  rows.finish();
}

void run_check(Context& context, const CheckOptions& options) {
  const auto sources = read_sources(context, options.paths);
  if (!sources) return context.fail(sources.error(), kUsage);
  const auto compiled = rules::language::compile(*sources);
  const auto findings = find_all(compiled, *sources);
  print_findings(context, findings);
  size_t errors = 0, warnings = 0;
  for (const Finding& finding : findings) {
    errors += finding.severity == "error" ? 1 : 0;
    warnings += finding.severity == "warning" ? 1 : 0;
  }
  if (errors != 0) {
    context.exit_code = kNo;
  } else if (warnings != 0 && options.is_strict) {
    context.exit_code = kWarnings;
  }
  if (context.form != Form::table && context.form != Form::wide) return;
  if (errors + warnings != 0) {
    context.err() << "`lupaus help CODE` explains a code with an example\n";
  }
  if (compiled.book != nullptr) {
    context.out() << count_of(compiled.book->promises.size(), "promise", "promises") << ", "
                  << count_of(compiled.book->calendars.size(), "calendar", "calendars") << ", "
                  << count_of(compiled.book->branches.size(), "branch", "branches") << ": ";
  }
  context.out() << count_of(errors, "error", "errors") << ", "
                << count_of(warnings, "warning", "warnings") << "\n";
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* verb = app.add_subcommand("check", "Check promise files; needs no server");
  verb->add_option("files", options->paths, "Promise files or folders of them; - is stdin")
      ->required();
  verb->add_flag("--strict", options->is_strict, "Warnings give exit code 3");
  verb->callback([options, &context] { run_check(context, *options); });
}

}  // namespace lupaus::clients::cli
