// Every explanation by its own examples.
#include "rules/language/explanations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Diagnostic;
using rules::language::Explanation;
using testing::HasSubstr;

/// Every code that codes.h declares.
std::set<std::string> declared_codes() {
  std::stringstream text;
  text << std::ifstream(std::filesystem::path(LUPAUS_LANGUAGE_FOLDER) / "codes.h").rdbuf();
  const std::string header = text.str();
  const std::regex code("\"(P[0-9]{3})\"");
  std::set<std::string> codes;
  for (std::sregex_iterator it(header.begin(), header.end(), code), end; it != end; ++it) {
    EXPECT_TRUE(codes.insert((*it)[1]).second) << (*it)[1] << " is declared twice";
  }
  return codes;
}

TEST(Explanation, IsThereForEveryCodeOnce) {
  std::set<std::string> explained;
  for (const Explanation& one : rules::language::explanations()) {
    EXPECT_TRUE(explained.insert(std::string(one.code)).second) << one.code;
    EXPECT_FALSE(one.title.empty() || one.meaning.empty()) << one.code;
  }
  const auto declared = declared_codes();
  EXPECT_GT(declared.size(), 70u);
  EXPECT_EQ(explained, declared);
}

std::set<std::string> codes_of(const std::string& text) {
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : compile_text(text).diagnostics) {
    codes.insert(diagnostic.error.code);
  }
  return codes;
}

TEST(Explanation, ShowsWithItsExampleWhatItMeans) {
  EXPECT_EQ(codes_of(std::string(rules::language::example_book())), std::set<std::string>{})
      << "the example book itself";
  std::set<std::string> without;
  for (const Explanation& one : rules::language::explanations()) {
    SCOPED_TRACE(one.code);
    if (one.wrong.empty()) {
      without.insert(std::string(one.code));
      continue;
    }
    EXPECT_THAT(std::string(rules::language::example_book()), HasSubstr(std::string(one.at)));
    const std::string wrong = example_file(one, one.wrong);
    EXPECT_EQ(codes_of(wrong), std::set<std::string>{std::string(one.code)})
        << formatted(compile_text(wrong).diagnostics);
    EXPECT_EQ(formatted(compile_text(example_file(one, one.mended)).diagnostics), "");
  }
  EXPECT_EQ(without, (std::set<std::string>{"P017", "P090", "P092"}))
      << "those that no short file shows when it is read";
}

}  // namespace
}  // namespace lupaus::tests
