// The sample books with their promise tests, as customers run them: every test passes, tests made
// around every edge pass as well, and together they reach the limit of each promise.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "rules/scenario/clause_coverage.h"
#include "rules/scenario/edges.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// As texts: GoogleTest would print a path as the list of its parts.
std::vector<std::string> test_files() {
  std::vector<std::string> found;
  for (const char* folder : {LUPAUS_SAMPLE_BOOK, LUPAUS_SCENARIOS}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().string().ends_with(".test.yaml")) found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Compiles what a test file names, relative to its own folder, each list once.
class Books {
 public:
  explicit Books(fs::path folder) : folder_(std::move(folder)) {}

  model::Result<model::BookPtr> load(const std::vector<std::string>& files) {
    auto& book = books_[files];
    if (book != nullptr) return book;
    std::vector<model::SourceFile> sources;
    for (const auto& file : files) sources.push_back({file, read(folder_ / file)});
    const auto compiled = language::compile(sources);
    if (compiled.book == nullptr) return model::Error{"book", "does not compile", "", {}};
    return book = compiled.book;
  }

 private:
  fs::path folder_;
  std::map<std::vector<std::string>, model::BookPtr> books_;
};

class SampleBook : public testing::TestWithParam<std::string> {
 protected:
  Books books_{fs::path(GetParam()).parent_path()};
  WatchedBooks watched_{[this](const auto& files) { return books_.load(files); }};

  void pass_all(const TestFile& file) {
    for (const PromiseTest& test : file.tests) {
      const auto result = run_test(
          file, test, [&](const auto& names) { return watched_.load(names); },
          [&](const auto& state, const auto& facts) { watched_.note(state, facts); });
      EXPECT_TRUE(result.has_passed) << test.name << "\n" << result.trace;
      for (const auto& failure : result.failures) ADD_FAILURE() << failure;
    }
  }
};

TEST_P(SampleBook, PassesItsTestsAndThoseAroundItsEdges) {
  const auto files = parse_tests(fs::path(GetParam()).filename().string(), read(GetParam()));
  ASSERT_TRUE(files.ok()) << model::format_error(files.error());
  for (const TestFile& file : *files) {
    pass_all(file);
    const auto text = edge_tests(file, [&](const auto& names) { return books_.load(names); });
    ASSERT_TRUE(text.ok());
    const auto edges = parse_tests("edges.test.yaml", *text);
    if (!edges.ok()) {
      EXPECT_EQ(text->find("  - name:"), std::string::npos) << *text;
      continue;  // WHY: no promise of the book runs on what this file's tests are about
    }
    for (const TestFile& more : *edges) pass_all(more);
  }
  for (const Clause& clause : watched_.clauses()) {
    EXPECT_NE(clause.span.line, 0u) << clause.promise << ": " << clause.name;
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().stem().string();
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, SampleBook, testing::ValuesIn(test_files()), name_of);

}  // namespace
}  // namespace lupaus::rules::scenario
