// Runs promise tests on a virtual clock through rules::ledger::step, the same door that the server
// uses: warnings, provisional breaches and confirmations are the real ones.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rules/ledger/step.h"
#include "rules/model/book.h"
#include "rules/scenario/test_file.h"

namespace lupaus::rules::scenario {

struct TestResult {
  bool has_passed = false;
  std::vector<std::string>
      failures;  ///< each "file:line:col: …" with what was expected and what was found
  /// The story of every ticket that a failed check names; of all tickets when passed.
  std::string trace;
};

/// Gives the compiled book of a list of files, as the test wrote them.
using BookSource =
    std::function<model::Result<model::BookPtr>(const std::vector<std::string>& files)>;

/// Is shown what a finished run recorded and left behind; the views in the facts live meanwhile.
using RunWatcher = std::function<void(const ledger::State&, const model::Facts&)>;

/// Runs one test of `file`. An error of the book source, or a refused event, is a failure.
TestResult run_test(const TestFile& file, const PromiseTest& test, const BookSource& books,
                    const RunWatcher& watcher = nullptr);

}  // namespace lupaus::rules::scenario
