// What `at_least` and `at_most` leave to decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What is found where the second tier is written so.
std::string found_in(std::string_view tier, std::string_view below = "") {
  const std::string text = edited(kPlainSample, "{over: 30m, pay: EUR 20.00}]\n",
                                  std::string(tier) + "]\n" + std::string(below));
  return formatted(compile_text(text).diagnostics);
}

TEST(Bounds, WhereTheMostIsBelowTheLeastThatIsTold) {
  EXPECT_THAT(found_in("{over: 30m, pay: 25% of ticket.fare, at_least: EUR 12.00, "
                       "at_most: EUR 11.00}"),
              HasSubstr("warning P079: the tier over 30m can never come to `at_least: EUR 12.00`: "
                        "`at_most: EUR 11.00` is less and goes before it\n"
                        "  raise `at_most`, or lower `at_least`\n"));
  EXPECT_THAT(
      found_in("{over: 30m, pay: EUR 20.00, every: 5m, at_least: 50% of ticket.fare, "
               "at_most: 40% of ticket.fare}"),
      HasSubstr("P079: the tier over 30m can never come to `at_least: 50% of ticket.fare`"));
  EXPECT_THAT(
      found_in("{over: 30m, pay: EUR 20.00}", "    at_least: EUR 30.00\n    at_most: EUR 25.00\n"),
      HasSubstr(":17:15: warning P079: the compensation can never come to "
                "`at_least: EUR 30.00`"));
  EXPECT_THAT(found_in("{over: 30m, pay: 25% of ticket.fare, at_least: EUR 30.00}",
                       "    at_most: EUR 25.00\n"),
              HasSubstr("`at_most: EUR 25.00` of all tiers is less and goes before it"));
}

TEST(Bounds, WhereTheSumIsNeverPaidThatIsTold) {
  EXPECT_THAT(found_in("{over: 30m, pay: EUR 20.00, at_most: EUR 15.00}"),
              HasSubstr("P079: the tier over 30m never pays EUR 20.00, but always "
                        "`at_most: EUR 15.00`\n"));
  EXPECT_THAT(found_in("{over: 30m, pay: EUR 20.00, at_least: EUR 25.00}"),
              HasSubstr("P079: the tier over 30m never pays EUR 20.00, but always "
                        "`at_least: EUR 25.00`\n"));
}

TEST(Bounds, ThatCanBeMetOrNotBeComparedAreNotTold) {
  for (const char* tier :
       {"{over: 30m, pay: 25% of ticket.fare, at_least: EUR 12.00, at_most: EUR 12.00}",
        "{over: 30m, pay: EUR 20.00, at_least: EUR 20.00, at_most: EUR 20.00}",
        "{over: 30m, pay: EUR 20.00, every: 5m, at_least: EUR 30.00}",
        "{over: 30m, pay: EUR 20.00, at_most: 50% of ticket.fare}",
        "{over: 30m, pay: 25% of ticket.fare, at_least: EUR 12.00, at_most: 50% of ticket.fare}"}) {
    EXPECT_THAT(found_in(tier), Not(HasSubstr("P079"))) << tier;
  }
}

}  // namespace
}  // namespace lupaus::tests
