// From the text of promise files to a checked Book: the only reader of promise YAML. Every
// complaint carries code, file:line:col, what is wrong and how to mend it; all of them are found in
// one pass.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/result.h"

namespace lupaus::rules::language {

enum class Severity : uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  model::Error error;  ///< code "P012", span, message, hint
};
/// `promises/p.yaml:16:29: error P012: payout needs a currency: "10"` and the hint on the next
/// line.
std::string format_diagnostic(const Diagnostic& diagnostic);

/// Where a book's zones come from: the built-in tables (null), or those that a published book
/// carries.
struct CompileOptions {
  std::span<const model::ZoneTable> zones;  ///< empty: built in
  std::string tz_version;                   ///< of `zones`; empty: built in
};

struct Compiled {
  model::BookPtr book;                  ///< null when any diagnostic is an error
  std::vector<Diagnostic> diagnostics;  ///< in the order of files and lines
};

/// Reads the documents (Promise, Calendar, Branch, Vocabulary; several a file) of all files as one
/// book. PromiseTest documents are skipped. Names must be unique over all files.
Compiled compile(std::span<const model::SourceFile> files, const CompileOptions& options = {});

/// Who would obey a book: a backtest needs no payout desk, so it obeys more.
enum class Judge : uint8_t { backtest, server };

/// What of the book is read but not obeyed yet by that judge: one error "not supported yet" with
/// its line for each clause. Empty when everything in the book is obeyed. Backtest, apply and serve
/// refuse a book that has any.
std::vector<Diagnostic> unsupported(const model::Book& book, Judge judge = Judge::server);

/// Compiles one CEL condition against a vocabulary. `where` is the place of the text's first
/// character.
model::Result<model::ConditionPtr> compile_condition(std::string_view text,
                                                     const model::Span& where,
                                                     const model::Vocabulary& vocabulary);

/// The vocabulary that is built in under the name "queue".
const model::Vocabulary& queue_vocabulary();

}  // namespace lupaus::rules::language
