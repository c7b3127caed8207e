// Runs promise tests over files that exist in a message only.
#include "server/api/book_review.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "fmt/format.h"
#include "rules/scenario/promise_test.h"

namespace lupaus::server::api {
namespace {

using rules::language::Diagnostic;
using rules::language::Severity;
using rules::model::BookPtr;
using rules::model::Error;
using rules::model::Result;
using rules::model::SourceFile;
using rules::scenario::PromiseTest;
using rules::scenario::TestFile;
using rules::scenario::TestResult;

/// What one test says of itself is cut here: a message is read by a person.
constexpr size_t kFailuresMax = 5;
constexpr size_t kFailureBytesMax = 600;
/// More failing tests than this are counted, not told.
constexpr size_t kFailingTestsMax = 50;

using Names = std::vector<std::string>;

std::string normal(const std::filesystem::path& path) {
  return path.lexically_normal().generic_string();
}

/// At most `size_max` bytes of `text`, in whole characters.
std::string cut(const std::string& text, size_t size_max) {
  if (text.size() <= size_max) return text;
  size_t size = size_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size) + " …";
}

/// The files of a message and the books that tests make of them, each compiled once.
class Shelf {
 public:
  explicit Shelf(std::span<const SourceFile> files) {
    for (const SourceFile& file : files) by_name_.emplace(normal(file.name), &file);
  }

  /// The first of `names`, as written, that is not among the files; nullptr if all are.
  const std::string* find_missing(const std::filesystem::path& folder, const Names& names) const {
    for (const std::string& name : names) {
      if (!by_name_.contains(normal(folder / name))) return &name;
    }
    return nullptr;
  }

  /// None of `names` may be missing.
  Result<BookPtr> load(const std::filesystem::path& folder, const Names& names) {
    Names paths;
    for (const std::string& name : names) paths.push_back(normal(folder / name));
    if (const auto known = books_.find(paths); known != books_.end()) return known->second;
    std::vector<SourceFile> sources;
    for (const std::string& path : paths) sources.push_back(*by_name_.at(path));
    const auto compiled = rules::language::compile(sources);
    for (const Diagnostic& diagnostic : compiled.diagnostics) {
      if (diagnostic.severity == Severity::error) return diagnostic.error;
    }
    books_[paths] = compiled.book;
    return compiled.book;
  }

 private:
  std::map<std::string, const SourceFile*> by_name_;
  std::map<Names, BookPtr> books_;
};

/// The tests of one message, run one after the other.
class Review {
 public:
  explicit Review(std::span<const SourceFile> files) : files_(files), shelf_(files) {}

  void run() {
    for (const SourceFile& file : files_) {
      // WHY: every file was read once already; one without the word has no test to read.
      if (file.text.find("PromiseTest") == std::string::npos) continue;
      const auto parsed = rules::scenario::parse_tests(file.name, file.text);
      if (!parsed) {
        found_.push_back({Severity::error, parsed.error()});
        outcomes_.push_back({file.name, "", false, rules::model::format_error(parsed.error())});
        continue;
      }
      for (const TestFile& test_file : *parsed) run_file(test_file);
    }
    if (failed_count_ > kFailingTestsMax) {
      found_.push_back(
          {Severity::error,
           {"tests_failed",
            fmt::format("{} more promise tests fail", failed_count_ - kFailingTestsMax),
            "`lupaus test` tells of all of them",
            {}}});
    }
  }

  std::vector<Diagnostic>& found() { return found_; }
  std::vector<TestOutcome>& outcomes() { return outcomes_; }

 private:
  void run_file(const TestFile& file) {
    const auto folder = std::filesystem::path(file.name).parent_path();
    if (const std::string* missing = shelf_.find_missing(folder, file.files)) {
      const rules::model::Span span{file.name, 0, 0};
      not_run(file.tests.empty() ? span : file.tests.front().span, "its tests are", *missing);
      outcomes_.push_back({file.name, "", false, found_.back().error.message});
      return;
    }
    const auto source = [&](const Names& names) { return shelf_.load(folder, names); };
    for (const PromiseTest& test : file.tests) {
      if (const std::string* missing = find_unpublished(folder, test)) {
        not_run(test.span,
                fmt::format("the promise test `{}` is", cut(test.name, kFailureBytesMax)),
                *missing);
        outcomes_.push_back({file.name, test.name, false, found_.back().error.message});
        continue;
      }
      const TestResult result = rules::scenario::run_test(file, test, source);
      outcomes_.push_back({file.name, test.name, result.has_passed, told(result)});
      if (!result.has_passed && ++failed_count_ <= kFailingTestsMax) fail(file, test, result);
    }
  }

  const std::string* find_unpublished(const std::filesystem::path& folder,
                                      const PromiseTest& test) const {
    for (const auto& publication : test.publications) {
      if (const auto* missing = shelf_.find_missing(folder, publication.files)) return missing;
    }
    return nullptr;
  }

  void not_run(const rules::model::Span& span, const std::string& what, const std::string& file) {
    found_.push_back(
        {Severity::warning,
         {"tests_not_run",
          fmt::format("{} not run: expected `{}` beside it, but it is not among the files", what,
                      cut(file, kFailureBytesMax)),
          "publish the whole folder to have its tests run first", span}});
  }

  /// Its failures, a line each.
  static std::string told(const TestResult& result) {
    std::string text;
    for (size_t i = 0; i < std::min(result.failures.size(), kFailuresMax); ++i)
      text += (i == 0 ? "  " : "\n  ") + cut(result.failures[i], kFailureBytesMax);
    if (result.failures.size() > kFailuresMax)
      text += fmt::format("\n  and {} more", result.failures.size() - kFailuresMax);
    return text;
  }

  void fail(const TestFile& file, const PromiseTest& test, const TestResult& result) {
    std::string message =
        fmt::format("the promise test `{}` fails", cut(test.name, kFailureBytesMax));
    if (!result.failures.empty()) message += "\n" + told(result);
    found_.push_back(
        {Severity::error,
         {"tests_failed", std::move(message),
          fmt::format("`lupaus test {}` tells what happened; nothing is published while "
                      "a test fails",
                      file.name),
          test.span}});
  }

  std::span<const SourceFile> files_;
  Shelf shelf_;
  std::vector<Diagnostic> found_;
  std::vector<TestOutcome> outcomes_;
  size_t failed_count_ = 0;
};

}  // namespace

std::vector<Diagnostic> run_promise_tests(std::span<const SourceFile> files) {
  Review review(files);
  review.run();
  return std::move(review.found());
}

std::vector<TestOutcome> test_outcomes(std::span<const SourceFile> files) {
  Review review(files);
  review.run();
  return std::move(review.outcomes());
}

std::vector<Diagnostic> find_unpayable(const rules::model::Book& book, bool has_webhook) {
  std::vector<Diagnostic> found;
  if (has_webhook) return found;
  for (const rules::model::Promise& promise : book.promises) {
    if (!promise.compensation) continue;
    const auto instrument = promise.compensation->instrument;
    if (instrument != rules::model::Instrument::webhook &&
        instrument != rules::model::Instrument::apology)
      continue;
    const std::string_view way = instrument == rules::model::Instrument::apology
                                     ? "apologises by webhook"
                                     : "pays by webhook";
    found.push_back(
        {Severity::warning,
         {"no_channel",
          fmt::format("`{}` {}, but this server has no webhook: what it owes waits", promise.name,
                      way),
          "set `compensate.webhook` in the server's configuration", promise.compensation->span}});
  }
  return found;
}

}  // namespace lupaus::server::api
