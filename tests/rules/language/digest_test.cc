// A digest follows the meaning of a promise, not its letters.
#include <gtest/gtest.h>

#include <map>

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

TEST(Digest, ChangesWithEveryClauseThatMayBeLeftOut) {
  const std::string elapsed = edited(kPlainSample, "measure: branch-hours", "measure: elapsed");
  const std::pair<std::string_view, std::string_view> edits[] = {
      {"on_silence: review", "on_silence: review\n    hold: 1h"},
      {"within: 15m", "by: ticket.target_at"},
      {"within: 15m", "by: ticket.target_at + 1m"},
      {"within: 15m", "by: ticket.appointment_at"},
      {"    caps:", "    stack: add\n    caps:"},
      {"    caps:", "    at_most: EUR 5.00\n    caps:"},
      {"    caps:", "    at_least: EUR 5.00\n    caps:"},
      {"    caps:", "    min_payable: EUR 5.00\n    caps:"},
      {"    caps:", "    group: visit\n    caps:"},
      {"    caps:", "    due: 24h\n    caps:"},
      {"    caps:", "    due: 24h\n    late: EUR 5.00\n    caps:"},
      {"    caps:", "    due: {within: 5 business days, days: target}\n    caps:"},
      {"    caps:", "    due: {within: 5 business days, days: branch-hours}\n    caps:"},
      {"    caps:", "    due: 5 business days\n    caps:"},
      {"    caps:", "    claim: {on: recalled, within: 28 calendar days}\n    caps:"},
      {"    caps:", "    claim: {on: called, within: 28 calendar days}\n    caps:"},
      {"    caps:", "    claim: {on: recalled, within: 28h}\n    caps:"},
      {"    caps:", "    voucher_valid: 90 calendar days\n    caps:"},
      {"    caps:", "    approval: {over: EUR 5.00}\n    caps:"},
      {"    caps:", "    approval: {over: EUR 5.00, approvers: 2}\n    caps:"},
      {"    caps:", "    instrument: apology\n    caps:"},
      {"    caps:", "    nature: price_reduction\n    caps:"},
      {", {over: 30m, pay: EUR 20.00}]", "]"},
      {", {over: 30m, pay: EUR 20.00}]", "]\n    settle: breach"},
      {"pay: EUR 20.00", "pay: 25% of ticket.fare"},
      {"pay: EUR 20.00", "pay: 25% of final(ticket.fare)"},
      {"pay: EUR 20.00", "pay: EUR 20.00, every: 1h"},
      {"pay: EUR 20.00", "pay: EUR 20.00, every: 1h, count: full"},
      {"pay: EUR 20.00", "pay: EUR 20.00, every: 1h, measure: branch"},
      {"pay: EUR 20.00", "pay: EUR 20.00, at_most: EUR 5.00"},
      {"pay: EUR 20.00", "pay: EUR 20.00, at_least: EUR 5.00"},
      {"then: record", "then: hold"},
      {"customer/day", "customer/year"},
      {"customer/day", "customer/year, from: 04-01"},
      {"max: EUR 20.00", "max: 1 time"},
      {"max: EUR 20.00", "max: 20% of ticket.fare"},
      {"  target:", "  excuses: [{id: a, when: branch.alarm}]\n  target:"},
      {"  target:", "  excuses: [{id: a, approvers: 1}]\n  target:"},
      {"  target:", "  excuses: [{id: a, approvers: 1, max_share: 1%}]\n  target:"},
      {"  target:", "  suspensions: [{from: 2026-03-23, until: 2026-06-05}]\n  target:"},
      {"  target:", "  suspensions: [{from: 2026-03-23, until: 2026-06-06}]\n  target:"},
      {"  target:",
       "  suspensions: [{from: 2026-03-23, until: 2026-06-06, when: branch.alarm}]\n  target:"},
  };
  std::map<std::string, std::string_view> seen = {{digest_of(elapsed), "as it was"}};
  for (const auto& [from, to] : edits) {
    const auto [other, is_new] = seen.emplace(digest_of(edited(elapsed, from, to)), to);
    EXPECT_TRUE(is_new) << to << " has the digest of " << other->second;
  }
}

TEST(Digest, OfAnOlderFormOfPromiseStaysForEver) {
  EXPECT_EQ(digest_of(kPlainSample),
            "a2f86ce030b463dfa92c11b77dea39607f5a7b8954fc483289b31f77a2c9629f");
}

TEST(Digest, FollowsTheCalendarThatATierMeasuresBy) {
  const std::string elapsed = edited(kPlainSample, "measure: branch-hours", "measure: elapsed");
  for (std::string_view measure : {"branch-hours", "branch"}) {
    const std::string text = edited(elapsed, "pay: EUR 20.00",
                                    "pay: EUR 20.00, every: 1h, measure: " + std::string(measure));
    EXPECT_NE(digest_of(text), digest_of(edited(text, "16:30", "16:45"))) << measure;
  }
}

TEST(Digest, FollowsTheBranchesHoursOnlyWhereTheyMeasure) {
  const std::string branch = edited(kPlainSample, "measure: branch-hours", "measure: branch");
  EXPECT_NE(digest_of(branch), digest_of(edited(branch, "16:30", "16:45")));
  const std::string elapsed = edited(kPlainSample, "measure: branch-hours", "measure: elapsed");
  EXPECT_EQ(digest_of(elapsed), digest_of(edited(elapsed, "16:30", "16:45")));
}

TEST(Digest, FollowsPercentagesNotTheirSpellings) {
  const auto with = [](std::string_view objective) {
    return digest_of(
        edited(kPlainSample, "within: 15m", "within: 15m, objective: " + std::string(objective)));
  };
  EXPECT_EQ(with("95.0%"), with("95%"));
  EXPECT_EQ(with("99.50%"), with("99.5%"));
  EXPECT_NE(with("95.5%"), with("95%"));
  EXPECT_NE(with("0%"), digest_of(kPlainSample));
}

TEST(Digest, OfTheBookFollowsItsText) {
  const auto hash = compile_text(kPlainSample).book->hash;
  EXPECT_EQ(hash, compile_text(kPlainSample).book->hash);
  EXPECT_NE(hash, compile_text(std::string(kPlainSample) + "# more\n").book->hash);
}

}  // namespace
}  // namespace lupaus::tests
