// A digest follows the meaning of a promise, not its letters.
#include <gtest/gtest.h>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

std::string digest_of(std::string_view text) {
  const auto compiled = compile_text(text);
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  return compiled.book ? compiled.book->promises.at(0).digest : "";
}

TEST(Digest, StaysWhenOnlyTheFormChanges) {
  const std::string digest = digest_of(kPlainSample);
  EXPECT_EQ(digest.size(), 64u);
  const std::pair<std::string_view, std::string_view> same[] = {
      {"within: 15m", "within: 900s"},
      {"within: 15m", "within: 15m, boundary: inclusive"},
      {"within: 15m}", "within: 15m} # a comment"},
      {"{over: 15m, pay: EUR 10.00}", "{pay: EUR 10.00, over: 0h15m}"},
      {"ticket.service in [\"cash\", \"loan\"]", "ticket.service in ['cash','loan']"},
      {"issued: start, called: continue", "called: continue, issued: start"},
      {"region: uusimaa", "region: häme"},
  };
  for (const auto& [from, to] : same)
    EXPECT_EQ(digest_of(edited(kPlainSample, from, to)), digest) << to;
}

TEST(Digest, ChangesWithThePromiseItsCalendarAndItsVocabulary) {
  const std::string digest = digest_of(kPlainSample);
  const std::pair<std::string_view, std::string_view> other[] = {
      {"within: 15m", "within: 14m"},
      {"within: 15m", "within: 15m, boundary: exclusive"},
      {"EUR 10.00", "EUR 11.00"},
      {"per: customer/day", "per: ticket"},
      {"[\"cash\", \"loan\"]", "[\"cash\"]"},
      {"left: void", "left: forfeit"},
      {"expire_after: 24h", "expire_after: 25h"},
      {"Served within", "Seen within"},
      {"16:30", "16:45"},
      {"hours: []}]", "hours: []}, {date: 2026-12-25, hours: []}]"},
  };
  for (const auto& [from, to] : other)
    EXPECT_NE(digest_of(edited(kPlainSample, from, to)), digest) << to;
}

TEST(Digest, FollowsTheBranchesHoursOnlyWhereTheyMeasure) {
  const std::string branch = edited(kPlainSample, "measure: branch-hours", "measure: branch");
  EXPECT_NE(digest_of(branch), digest_of(edited(branch, "16:30", "16:45")));
  const std::string elapsed = edited(kPlainSample, "measure: branch-hours", "measure: elapsed");
  EXPECT_EQ(digest_of(elapsed), digest_of(edited(elapsed, "16:30", "16:45")));
}

TEST(Digest, OfTheBookFollowsItsText) {
  const auto hash = compile_text(kPlainSample).book->hash;
  EXPECT_EQ(hash, compile_text(kPlainSample).book->hash);
  EXPECT_NE(hash, compile_text(std::string(kPlainSample) + "# more\n").book->hash);
}

}  // namespace
}  // namespace lupaus::tests
