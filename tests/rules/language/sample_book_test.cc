// The sample book that is shipped compiles without a fault and uses supported clauses alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

rules::language::Compiled compile_folder(const std::filesystem::path& folder) {
  std::vector<rules::model::SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    // An import map lies beside its promise, but is no document of the book.
    if (text.str().find("apiVersion:") == std::string::npos) continue;
    files.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return rules::language::compile(files);
}

TEST(SampleBook, OfTheBankIsSupportedWhole) {
  const auto compiled = compile_folder(LUPAUS_SAMPLE_BOOK);
  ASSERT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  EXPECT_EQ(formatted(rules::language::unsupported(*compiled.book)), "");
  ASSERT_EQ(compiled.book->promises.size(), 2u);
  EXPECT_EQ(compiled.book->promises[0].name, "loan-desk-30");
  EXPECT_EQ(compiled.book->promises[0].compensation->instrument,
            rules::model::Instrument::transfer);
  EXPECT_EQ(compiled.book->branches.size(), 3u);
}

TEST(SampleBook, OfTheCallCentreIsSupportedWhole) {
  const auto compiled = compile_folder(std::filesystem::path(LUPAUS_SAMPLE_BOOK) / "call-centre");
  ASSERT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  EXPECT_EQ(formatted(rules::language::unsupported(*compiled.book)), "");
  ASSERT_EQ(compiled.book->promises.size(), 1u);
  EXPECT_EQ(compiled.book->promises[0].within.at(0).within.duration, std::chrono::seconds(60));
  EXPECT_EQ(compiled.book->zones.at(0).name, "Asia/Jerusalem");
}

/// What a backtest obeys is all that a sample may say; what a server does not yet obey is the
/// ledger's to bring.
TEST(SampleBook, OfEachIndustryIsWithoutFaultAndWorded) {
  size_t book_count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LUPAUS_SAMPLE_BOOK)) {
    if (!entry.is_directory()) continue;
    SCOPED_TRACE(entry.path());
    const auto compiled = compile_folder(entry.path());
    ASSERT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
    EXPECT_EQ(
        formatted(rules::language::unsupported(*compiled.book, rules::language::Judge::backtest)),
        "");
    ++book_count;
    for (const auto& promise : compiled.book->promises) {
      for (const char* language : {"fi", "sv", "en"}) {
        EXPECT_TRUE(promise.wording.contains(language)) << promise.name << " " << language;
      }
      EXPECT_NE(promise.problem, "") << promise.name;
      EXPECT_NE(promise.owner, "") << promise.name;
    }
  }
  EXPECT_EQ(book_count, 10u);
}

}  // namespace
}  // namespace lupaus::tests
