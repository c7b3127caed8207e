// What stands against publishing a book beyond its language: promise tests that fail, and ways of
// paying that this server lacks. Runs on the caller's thread, never on the engine loop.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/language/compile.h"

namespace lupaus::server::api {

/// Runs the promise tests among `files` against the files that they name, as seen from each test's
/// own folder. One error for each failing test ("tests_failed") and for each malformed file of
/// tests, with its place. A test that names a file which is not among them cannot be run: a warning
/// ("tests_not_run").
std::vector<rules::language::Diagnostic> run_promise_tests(
    std::span<const rules::model::SourceFile> files);

struct TestOutcome {
  std::string file, name;  ///< no name: the file of tests cannot be read, or none of it be run
  bool has_passed = false;
  std::string message;  ///< what was expected and what came; "" when it holds
};
/// The same tests, each with what came of it, in the order of the files.
std::vector<TestOutcome> test_outcomes(std::span<const rules::model::SourceFile> files);

/// A warning ("no_channel") for each promise that pays by webhook where the server has none.
std::vector<rules::language::Diagnostic> find_unpayable(const rules::model::Book& book,
                                                        bool has_webhook);

}  // namespace lupaus::server::api
