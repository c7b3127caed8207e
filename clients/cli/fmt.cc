// `lupaus fmt`: promise files in canonical form, in place or from stdin to stdout.
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "clients/cli/book_files.h"
#include "clients/cli/offline.h"
#include "rules/language/codes.h"
#include "rules/language/format_text.h"
#include "rules/scenario/test_file.h"

namespace lupaus::clients::cli {
namespace {

namespace fs = std::filesystem;
using rules::language::Diagnostic;
using rules::language::Severity;
using rules::model::SourceFile;

struct FormatOptions {
  std::vector<std::string> paths;
  bool is_check = false;
};

/// The errors that stand in the file itself.
std::vector<Diagnostic> errors_in(const SourceFile& file, const std::vector<SourceFile>& book) {
  std::vector<Diagnostic> errors;
  for (const Diagnostic& diagnostic : rules::language::compile(book).diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    if (diagnostic.error.span.file == file.name) errors.push_back(diagnostic);
  }
  return errors;
}

/// Whether each error may come of calendars and vocabularies that stand in another file. Stdin has
/// no neighbours that could tell.
bool may_stand_elsewhere(const std::vector<Diagnostic>& errors) {
  namespace language = rules::language;
  const auto has_code = [](std::string_view code) {
    return [code](const Diagnostic& diagnostic) { return diagnostic.error.code == code; };
  };
  return std::any_of(errors.begin(), errors.end(), has_code(language::kUnknownVocabulary)) ||
         std::all_of(errors.begin(), errors.end(), has_code(language::kUnknownCalendar));
}

std::vector<Diagnostic> find_errors(const Context& context, const SourceFile& file) {
  auto errors = errors_in(file, {file});
  if (errors.empty()) return errors;
  if (file.name == "-") return may_stand_elsewhere(errors) ? std::vector<Diagnostic>() : errors;
  std::vector<SourceFile> book = read_neighbours(context, file.name);
  book.push_back(file);
  return errors_in(file, book);
}

/// What stands in the way of formatting; empty when the file is right, or becomes so by it.
std::vector<Diagnostic> find_obstacles(const Context& context, const SourceFile& file,
                                       const rules::language::Formatted& formatted) {
  if (!formatted.text) return formatted.diagnostics;
  const auto tests = rules::scenario::parse_tests(file.name, file.text);
  if (!tests) return {{Severity::error, tests.error()}};
  auto errors = find_errors(context, file);
  // WHY: `EUR 10` is an error that the canonical form mends.
  if (!errors.empty() && find_errors(context, {file.name, *formatted.text}).empty()) return {};
  return errors;
}

/// Replaces the file by one rename, so that nobody ever reads half of it. "" or what went wrong.
std::string replace_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) return error.message();
  std::string temporary = target.string() + ".XXXXXX";
  const int file = mkstemp(temporary.data());
  if (file < 0) return std::generic_category().message(errno);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  const bool is_written = rest.empty() && fsync(file) == 0;
  if (close(file) == 0 && is_written) {
    fs::permissions(temporary, fs::status(target).permissions(), error);
    if (!error) fs::rename(temporary, target, error);
    if (!error) return "";
  }
  std::string why = error ? error.message() : "it cannot be written";
  fs::remove(temporary, error);
  return why;
}

void format_file(Context& context, const FormatOptions& options, const SourceFile& file) {
  const auto formatted = rules::language::format_text(file);
  const auto obstacles = find_obstacles(context, file, formatted);
  for (const Diagnostic& obstacle : obstacles) {
    context.err() << rules::language::format_diagnostic(obstacle) << "\n";
  }
  if (!obstacles.empty()) {
    context.exit_code = kNo;
    return;
  }
  const bool is_changed = *formatted.text != file.text;
  if (options.is_check) {
    if (!is_changed) return;
    context.out() << file.name << "\n";
    context.exit_code = kNo;
  } else if (file.name == "-") {
    context.out() << *formatted.text;
  } else if (is_changed) {
    const std::string why = replace_file(file.name, *formatted.text);
    if (!why.empty()) return context.fail("`" + file.name + "` is left as it was: " + why);
    context.err() << "formatted " << file.name << "\n";
  }
}

void run_format(Context& context, const FormatOptions& options) {
  const auto sources = read_sources(context, options.paths);
  if (!sources) return context.fail(sources.error(), kUsage);
  for (const SourceFile& file : *sources) format_file(context, options, file);
}

}  // namespace

void add_fmt(CLI::App& app, Context& context) {
  auto options = std::make_shared<FormatOptions>();
  CLI::App* verb = app.add_subcommand("fmt", "Bring promise files into canonical form");
  verb->add_option("files", options->paths,
                   "Promise files or folders of them; - is stdin to stdout")
      ->required();
  verb->add_flag("--check", options->is_check,
                 "Change nothing; name the files that would change and exit 1");
  verb->callback([options, &context] { run_format(context, *options); });
}

}  // namespace lupaus::clients::cli
