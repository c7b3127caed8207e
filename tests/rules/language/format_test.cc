// Formatting: what changes, what stays, and that no promise ever changes its meaning by it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "rules/language/format_text.h"
#include "rules/language/node.h"
#include "tests/rules/language/random_layout.h"
#include "tests/rules/language/sample.h"
#include "tests/support/watched.h"

namespace lupaus::tests {
namespace {

using rules::language::format_text;
using support::kWatchedStep;

std::string format(const std::string& text) {
  const auto result = format_text({"p.yaml", text});
  EXPECT_TRUE(result.text.has_value()) << formatted(result.diagnostics) << text;
  return result.text.value_or("");
}

TEST(Format, IndentsByTwoAndMovesWhatBelongsToALine) {
  const std::pair<std::string, std::string> layouts[] = {
      {"a:\n    b: c\n    d:\n        - e\n", "a:\n  b: c\n  d:\n    - e\n"},
      {"a:\n- b\n- c: d\n  e: f\n", "a:\n  - b\n  - c: d\n    e: f\n"},
      {"a:\n  -   b: c\n      d: e\n", "a:\n  - b: c\n    d: e\n"},
      {"a:\n  -\n      b: c\n", "a:\n  -\n    b: c\n"},
      {"- - a\n  - b\n-   - c\n", "- - a\n  - b\n- - c\n"},
      {"a:\n    on: {b: c,\n         d: e}\n", "a:\n  on: {b: c,\n       d: e}\n"},
      {"a: {\n  b: c\n}\n", "a: {\n  b: c\n}\n"},
      {"a:\n     b\n      c\n", "a:\n  b\n   c\n"},
      {"a:\n   b: |\n        one\n          two\n\n        three\n   c: d\n",
       "a:\n  b: |\n    one\n      two\n\n    three\n  c: d\n"},
      {"a:   \n   b: c  # why  \n\n\n", "a:\n  b: c  # why\n"},
      {"a: b", "a: b\n"},
      {"\xEF\xBB\xBF"
       "a: b\n",
       "a: b\n"},
      {"a:\r\n    b: c\r\n", "a:\r\n  b: c\r\n"},
      {"", ""},
      {"# alone\n", "# alone\n"},
      {"   b\n", "b\n"},
      {"[a,\n   b]\n", "[a,\n   b]\n"},
      {"a:\n    b:\n    c: d\n", "a:\n  b:\n  c: d\n"},
      {"---\na:\n    b: c\n---\nd:\n    e: f\n...\n", "---\na:\n  b: c\n---\nd:\n  e: f\n...\n"},
      {"a:\n    b: >-\n      c\n      d\n", "a:\n  b: >-\n    c\n    d\n"},
      {"a:\n    b: |1\n      c\n", "a:\n  b: |1\n    c\n"},
      {"a:\n    - |\n      c\n    - d\n", "a:\n  - |\n    c\n  - d\n"},
      {"a:\n    b: |\n\n\n", "a:\n  b: |\n"},
      {"a:\n    - b: c\n\n    # of d\n    - d\n", "a:\n  - b: c\n\n  # of d\n  - d\n"},
      {"a: \"b \\\n   c\"\n", "a: \"b \\\n   c\"\n"},
  };
  for (const auto& [before, after] : layouts) {
    EXPECT_EQ(format(before), after);
    EXPECT_EQ(format(after), after);
  }
}

TEST(Format, KeepsACommentWithWhatItStoodWith) {
  EXPECT_EQ(format("# top\na:\n    # of b\n    b: c\n    # after b\n# of d\nd: e\n# end\n"),
            "# top\na:\n  # of b\n  b: c\n  # after b\n# of d\nd: e\n# end\n");
  EXPECT_EQ(format("a: {b: c,\n  # inside\n   d: e}\n"), "a: {b: c,\n  # inside\n   d: e}\n");
  EXPECT_EQ(format("a:\n    b: c\n      # deeper\n    d: e\n"), "a:\n  b: c\n  # deeper\n  d: e\n");
}

std::string promise_with(const std::string& spec) {
  return "apiVersion: lupaus/v1\nkind: Promise\nspec:\n" + spec;
}

TEST(Format, WritesEachLengthAndSumInOneSpelling) {
  const std::pair<std::string, std::string> spellings[] = {
      {"  clock: {expire_after: 90m}", "  clock: {expire_after: 1h30m}"},
      {"  clock: {expire_after: \"PT90M\"}", "  clock: {expire_after: \"1h30m\"}"},
      {"  target: {within: 900s}", "  target: {within: 15m}"},
      {"  target: {within: 1 business days}", "  target: {within: 1 business day}"},
      {"  target: {within: [{when: a<b, within: 60m}]}",
       "  target: {within: [{when: a<b, within: 1h}]}"},
      {"  target: {by: ticket.x + 600s}", "  target: {by: ticket.x + 10m}"},
      {"  warn: [{left: 120s}, {left: 0.500s}]", "  warn: [{left: 2m}, {left: 0.5s}]"},
      {"  compensation: {late: EUR 10}", "  compensation: {late: EUR 10.00}"},
      {"  compensation: {late: EUR  10.5}", "  compensation: {late: EUR 10.50}"},
      {"  compensation: {late: JPY 500}", "  compensation: {late: JPY 500}"},
      {"  compensation: {tiers: [{over: 60m, pay: 25.0% of ticket.fare}]}",
       "  compensation: {tiers: [{over: 1h, pay: 25% of ticket.fare}]}"},
      {"  target: {objective: 95.0%}", "  target: {objective: 95%}"},
      {"  target: {objective: \"99.50%\"}", "  target: {objective: \"99.5%\"}"},
      {"  excuses: [{max_share: 1.0%}]", "  excuses: [{max_share: 1%}]"},
      {"  compensation: {caps: [{max: 1 times}]}", "  compensation: {caps: [{max: 1 time}]}"},
      // No promise's value, or wrong: kept as it is.
      {"  problem: 90m", "  problem: 90m"},
      {"  target: {within: 1d, objective: 95.00001%}",
       "  target: {within: 1d, objective: 95.00001%}"},
      {"  compensation: {late: EUR 10.005}", "  compensation: {late: EUR 10.005}"},
  };
  for (const auto& [before, after] : spellings) {
    EXPECT_EQ(format(promise_with(before + "\n")), promise_with(after + "\n"));
  }
  const std::string calendar = "kind: Calendar\nspec: {target: {within: 90m}}\n";
  EXPECT_EQ(format(calendar), calendar);
}

TEST(Format, RefusesWhatIsNoYaml) {
  const auto result = format_text({"p.yaml", "a: [b\n"});
  EXPECT_FALSE(result.text.has_value());
  EXPECT_NE(formatted(result.diagnostics).find("error P001"), std::string::npos);
}

std::vector<std::string> digests(const std::string& text) {
  const auto compiled = compile_text(text);
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics) << text;
  std::vector<std::string> list;
  if (compiled.book == nullptr) return list;
  for (const auto& promise : compiled.book->promises) list.push_back(promise.digest);
  return list;
}

/// The comments in their order, without what stands around them.
std::string comments(const std::string& text) {
  std::string found;
  for (size_t at = text.find("# note"); at != std::string::npos; at = text.find("# note", at + 1)) {
    found += text.substr(at, text.find_first_of(" \n", at + 7) - at) + "\n";
  }
  return found;
}

TEST(Format, KeepsMeaningAndCommentsOfAnyLayout) {
  for (const std::string_view sample : {kFullSample, kPlainSample}) {
    rules::language::Diagnostics unheard;
    const auto documents = rules::language::read_documents("p.yaml", std::string(sample), unheard);
    const auto wanted = digests(std::string(sample));
    for (uint32_t seed = 1; seed <= 400 / kWatchedStep; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const std::string text = RandomLayout(seed).write(documents);
      ASSERT_EQ(digests(text), wanted);
      const std::string once = format(text);
      ASSERT_EQ(digests(once), wanted) << text << "=== formatted\n" << once;
      ASSERT_EQ(comments(once), comments(text)) << text << "=== formatted\n" << once;
      ASSERT_EQ(format(once), once) << text;
    }
  }
}

/// Whatever a file holds, formatting ends, and what it gives is in form.
TEST(Format, OfDamagedTextsGivesAFormOrTheReasonsAgainstIt) {
  constexpr std::string_view kBytes = "{}[]:,-#&*!|>'\"%@` \n\t?\\\r09a";
  std::mt19937 random(20260105);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  size_t formed_count = 0;
  for (size_t i = 0; i < 2000 / kWatchedStep; ++i) {
    std::string text(i % 2 == 0 ? kFullSample : kPlainSample);
    for (size_t edits = 1 + below(3); edits > 0; --edits) {
      const size_t at = below(text.size());
      if (below(2) == 0) {
        text.insert(at, 1, kBytes[below(kBytes.size())]);
      } else {
        text.insert(at, text.substr(below(text.size()), below(40)));
      }
    }
    const auto once = format_text({"p.yaml", text});
    ASSERT_EQ(once.text.has_value(), once.diagnostics.empty()) << text;
    if (!once.text) continue;
    ++formed_count;
    const auto twice = format_text({"p.yaml", *once.text});
    ASSERT_TRUE(twice.text.has_value()) << formatted(twice.diagnostics) << *once.text;
    ASSERT_EQ(*twice.text, *once.text) << text;
  }
  EXPECT_GT(formed_count, 300 / kWatchedStep);
}

TEST(Format, LeavesTheShippedFilesAsTheyAre) {
  size_t file_count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(LUPAUS_SAMPLE_BOOK)) {
    if (entry.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    EXPECT_EQ(format(text.str()), text.str()) << entry.path();
    ++file_count;
  }
  EXPECT_GE(file_count, 10u);
}

}  // namespace
}  // namespace lupaus::tests
