// Every explanation by its own examples.
#include "rules/language/explanations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "rules/language/codes.h"
#include "rules/language/format_text.h"
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

/// What `check`, and whoever is to judge or to format it, says of the file.
std::set<std::string> codes_told(std::string_view code, const std::string& text) {
  std::set<std::string> codes = codes_of(text);
  const auto book = compile_text(text).book;
  std::vector<Diagnostic> more;
  if (book != nullptr) more = rules::language::unsupported(*book);
  if (code == rules::language::kNotFormattable)
    more = rules::language::format_text({"p.yaml", text}).diagnostics;
  for (const Diagnostic& diagnostic : more) codes.insert(diagnostic.error.code);
  return codes;
}

/// "# FILE: 12000 branches like this one" with as many as it says.
std::string grown(std::string_view example) {
  std::string text(example);
  std::smatch said;
  if (!std::regex_search(text, said, std::regex("([0-9]+) branches like this one"))) return text;
  std::string grown = text;
  const std::string one = text.substr(text.find('\n') + 1);
  for (int i = 2; i <= std::stoi(said[1]); ++i)
    grown += "---\n" + edited(one, "branch-1", "branch-" + std::to_string(i));
  return grown;
}

TEST(Explanation, ShowsWithItsExampleWhatItMeans) {
  EXPECT_EQ(codes_of(std::string(rules::language::example_book())), std::set<std::string>{})
      << "the example book itself";
  for (const Explanation& one : rules::language::explanations()) {
    SCOPED_TRACE(one.code);
    EXPECT_THAT(std::string(rules::language::example_book()), HasSubstr(std::string(one.at)));
    const std::string wrong = grown(example_file(one, one.wrong));
    EXPECT_EQ(codes_told(one.code, wrong), std::set<std::string>{std::string(one.code)})
        << formatted(compile_text(wrong).diagnostics);
    EXPECT_EQ(codes_told(one.code, grown(example_file(one, one.mended))), std::set<std::string>{});
  }
}

}  // namespace
}  // namespace lupaus::tests
