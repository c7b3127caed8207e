// Damaged texts: whatever a file holds, compiling it ends, with a book or with the reasons against
// one.
#include <gtest/gtest.h>

#include <random>

#include "tests/rules/language/sample.h"
#include "tests/support/watched.h"

namespace lupaus::tests {
namespace {

using support::kWatchedStep;

/// A few random edits of single bytes, cuts and doublings.
std::string damaged(std::string text, std::mt19937& random) {
  static constexpr std::string_view kBytes =
      "{}[]:,-#&*!|>'\"%@` \n\t0129azEUR.()=<?\\\xc3\x00\xff";
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  for (size_t i = 1 + below(4); i > 0; --i) {
    const size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text[at] = kBytes[below(kBytes.size())];
        break;
      case 1:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + below(20));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), below(40)));
    }
  }
  return text;
}

TEST(Mutation, EveryDamagedSampleGivesABookOrItsFaults) {
  constexpr uint32_t kSeed = 20260105;
  std::mt19937 random(kSeed);
  size_t refused_count = 0;
  for (size_t i = 0; i < 1500 / kWatchedStep; ++i) {
    const std::string text = damaged(std::string(i % 2 == 0 ? kFullSample : kPlainSample), random);
    const auto compiled = compile_text(text);
    bool has_error = false;
    for (const auto& diagnostic : compiled.diagnostics) {
      has_error = has_error || diagnostic.severity == rules::language::Severity::error;
      EXPECT_FALSE(diagnostic.error.code.empty());
      EXPECT_FALSE(diagnostic.error.message.empty());
    }
    ASSERT_EQ(compiled.book == nullptr, has_error) << "seed " << kSeed << ", round " << i << "\n"
                                                   << text;
    refused_count += has_error ? 1 : 0;
  }
  EXPECT_GT(refused_count, 500 / kWatchedStep);
}

TEST(Mutation, ConditionsOfRandomTokensNeverCrash) {
  constexpr uint32_t kSeed = 7;
  static constexpr std::string_view kTokens[] = {
      "ticket", ".",   "service", "==",    "in", "[",       "]",     "(", ")", "&&",
      "||",     "!",   "true",    "\"x\"", "3",  "-",       "?",     ":", ",", "has",
      "size",   "1.5", "branch",  "alarm", "<",  "matches", "event", "'"};
  std::mt19937 random(kSeed);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t n = 1 + random() % 12; n > 0; --n) text += kTokens[random() % std::size(kTokens)];
    const auto condition = rules::language::compile_condition(text, {"p.yaml", 1, 1},
                                                              rules::language::queue_vocabulary());
    if (condition.ok()) (*condition)->evaluate({});
  }
}

TEST(Mutation, AFileThatIsTooLargeIsRefusedUnread) {
  const auto compiled = compile_text(std::string((1 << 20) + 1, '['));
  ASSERT_EQ(compiled.diagnostics.size(), 1u);
  EXPECT_EQ(compiled.diagnostics[0].error.code, "P017");
}

TEST(Mutation, DeeplyNestedBracketsAreRefused) {
  EXPECT_EQ(compile_text(std::string(100000, '[')).book, nullptr);
  EXPECT_EQ(compile_text("a: " + std::string(100000, '{')).book, nullptr);
}

TEST(Mutation, ABracketThatNobodyOpenedIsRefusedAtItsPlace) {
  for (const char* text : {", x\n", "a: 1\n---\n]\n", "}\nkind: Promise\n"}) {
    const auto compiled = compile_text(text);
    ASSERT_FALSE(compiled.diagnostics.empty()) << text;
    EXPECT_EQ(compiled.diagnostics.back().error.code, "P001") << text;
  }
}

}  // namespace
}  // namespace lupaus::tests
