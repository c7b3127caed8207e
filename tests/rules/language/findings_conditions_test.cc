// Conditions that decide nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string found_after(std::string_view from, std::string_view to) {
  return formatted(compile_text(edited(kFullSample, from, to)).diagnostics);
}

TEST(Condition, ThatIsAlwaysTheSameIsTold) {
  EXPECT_THAT(
      found_after("applies: ticket.service in [\"cash\", \"account\", \"loan\"]", "applies: false"),
      HasSubstr("p.yaml:11:12: warning P084: the promise binds nobody: `applies` is always "
                "false\n"));
  EXPECT_THAT(found_after("when: branch.alarm == true", "when: \"true\""),
              HasSubstr("P084: every breach is excused by `evacuation`: nothing is ever owed\n"));
  EXPECT_THAT(found_after("when: branch.alarm == true", "when: false"),
              HasSubstr("P084: the excuse `evacuation` excuses nothing"));
  EXPECT_THAT(found_after("  warn:",
                          "  suspensions: [{from: 2026-02-01, until: 2026-03-31, when: false}]\n"
                          "  warn:"),
              HasSubstr("P084: the suspension suspends nothing"));
  EXPECT_THAT(
      found_after("applies: ticket.service in [\"cash\", \"account\", \"loan\"]", "applies: true"),
      Not(HasSubstr("P084")));
}

TEST(Condition, OfAClassThatNoDayHasIsTold) {
  const auto found = [](const std::string& when) {
    return found_after("within: 15m,",
                       "within: [{when: '" + when + "', within: 20m}, {within: 15m}],");
  };
  EXPECT_THAT(found("day.class == \"pay-day\""),
              HasSubstr("warning P085: no calendar of the book has a day of the class `pay-day`\n"
                        "  did you mean \"payday\"?\n"));
  EXPECT_THAT(found("\"eve\" != day.class"), HasSubstr("the class `eve`"));
  EXPECT_THAT(found("day.class in [\"payday\", \"eve\"]"), HasSubstr("the class `eve`"));
  EXPECT_THAT(found("day.class == \"payday\" || day.class == \"\""), Not(HasSubstr("P085")));
  EXPECT_THAT(found("day.class in [\"payday\"] && ticket.segment == \"eve\""),
              Not(HasSubstr("P085")));
}

}  // namespace
}  // namespace lupaus::tests
