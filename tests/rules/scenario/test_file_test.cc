// Promise tests: where their complaints point, and that a wrong expectation fails.
#include "rules/scenario/test_file.h"

#include <gmock/gmock.h>

#include "rules/language/key_table.h"
#include "rules/scenario/promise_test.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string frame(const std::string& tests) {
  return "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml]\nstart: "
         "2026-01-05T09:00:00+02:00\n"
         "defaults: {branch: b, segment: normal}\ntests:\n" +
         tests;
}

std::string complaint(const std::string& text) {
  std::string all;
  for (const auto& diagnostic : read_tests("t.yaml", text).diagnostics)
    all += language::format_diagnostic(diagnostic) + "\n";
  return all.empty() ? "accepted" : all;
}

TestResult run(const std::string& test) {
  const auto parsed = parse_tests("t.yaml", frame(test));
  if (!parsed) return {false, {model::format_error(parsed.error())}, ""};
  const auto books = [](const std::vector<std::string>&) -> model::Result<model::BookPtr> {
    return compile_book(kSampleBook);
  };
  return run_test(parsed->front(), parsed->front().tests.front(), books);
}

TEST(PromiseTestFile, ComplaintsNamePlaceAndFix) {
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1 issued], expect: {A1: keept}}")),
              HasSubstr("t.yaml:7:49: error T001: expected open, at_risk"));
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1], expect: {A1: kept}}")),
              HasSubstr("t.yaml:7:24: error T001: expected a ticket and an event type"));
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1 issued 2m], expect: {A1: kept}}")),
              HasSubstr("t.yaml:7:24"));
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1 issued], expects: {A1: kept}}")),
              HasSubstr("t.yaml:7:36"));
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1 issued]}")),
              HasSubstr("the test asks nothing"));
  EXPECT_THAT(complaint(frame("  - {name: x, name: y, events: [A1 issued], expect: {A1: kept}}")),
              HasSubstr("each key once, but `name` comes again"));
  EXPECT_THAT(complaint(frame("  - {name: x, events: [A1 issued], expect: {A1: kept, owed: 10}}")),
              HasSubstr("t.yaml:7:61"));
  EXPECT_THAT(complaint("kind: PromiseTest\n  bad: [yaml"), HasSubstr("t.yaml:2"));
}

TEST(PromiseTestFile, IsReadAsEveryOtherDocumentIs) {
  const auto codes = [](const std::string& text) {
    std::string all;
    for (const auto& diagnostic : read_tests("t.yaml", text).diagnostics)
      all += diagnostic.error.code + " ";
    return all;
  };
  // A bare comma once gave empty documents without end.
  EXPECT_THAT(codes("kind: PromiseTest\n---\n, \n"), HasSubstr("P001"));
  EXPECT_THAT(codes("kind: PromiseTest\nfiles: &a [p.yaml]\n"), HasSubstr("P002"));
  EXPECT_THAT(codes("kind: PromiseTest\nfiles: [\xFF]\n"), HasSubstr("P091"));
}

/// A document of tests with room for one more line, `$`, of a place.
struct Frame {
  const language::Place& place;
  std::string text;
};
const Frame kFrames[] = {
    {language::kPromiseTestKeys, "{kind: PromiseTest,$}"},
    {language::kTestKeys, "{kind: PromiseTest, tests: [{$}]}"},
    {language::kExpectationKeys, "{kind: PromiseTest, tests: [{expect: {A1: {@, $}}}]}"},
    {language::kOutageKeys, "{kind: PromiseTest, tests: [{server_down: {$}}]}"}};

/// What is told of the line.
std::string complaints_of(const Frame& frame, const std::string& line) {
  std::string text = frame.text;
  text.replace(text.find('$'), 1, "\n" + line + "\n");
  // Without a key of its own a map would be one of promises.
  if (const size_t other = text.find('@'); other != std::string::npos)
    text.replace(other, 1, line.starts_with("is: ") ? "cycle: 1" : "is: kept");
  std::string told;
  for (const auto& diagnostic : read_tests("t.yaml", text).diagnostics) {
    if (diagnostic.error.span.line == 2) told += language::format_diagnostic(diagnostic) + "\n";
  }
  return told;
}

TEST(PromiseTestFile, ReadsEveryKeyOfTheTableWithItsExampleAndNoOther) {
  for (const Frame& frame : kFrames) {
    for (const language::Key& key : frame.place.keys) {
      const std::string name(key.name), value(key.example);
      if (name == "kind") continue;  // it stands in the frame
      const bool needs_more = name == "tests";
      if (!needs_more) {
        EXPECT_EQ(complaints_of(frame, name + ": " + value), "");
      }
      EXPECT_THAT(complaints_of(frame, name + "x: " + value),
                  HasSubstr("error P004: expected a key of " + std::string(frame.place.name)));
      if (key.form != language::Form::word) continue;
      EXPECT_NE(complaints_of(frame, name + ": nonsense"), "") << name;
      for (const auto word : key.words)
        EXPECT_EQ(complaints_of(frame, name + ": " + std::string(word)), "") << word;
    }
  }
}

TEST(PromiseTestFile, AllFaultsAreFoundInOnePass) {
  const auto tests = read_tests("t.yaml", frame("  - {name: x, events: [A1], expect: {A1: keept}}\n"
                                                "  - {name: x, events: [A1 issued]}\n"));
  EXPECT_EQ(tests.diagnostics.size(), 4u);
}

TEST(PromiseTestFile, OtherDocumentsAreSkipped) {
  const auto parsed =
      parse_tests("t.yaml", std::string(kSampleBook) + "---\n" +
                                frame("  - {name: x, events: [A1 issued], expect: {A1: open}}"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->size(), 1u);
}

TEST(PromiseTest, PassesWhenEverythingIsAsExpected) {
  const auto result =
      run("  - {name: x, events: [A1 issued, A1 service_started +16m], expect: {A1: breached, "
          "owed: EUR 10.00}}");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_TRUE(result.has_passed);
  EXPECT_THAT(result.trace, testing::HasSubstr("owed EUR 10.00 by voucher"));
}

TEST(PromiseTest, TellsWhatWasExpectedAndFoundWithTheTrace) {
  const auto result =
      run("  - {name: x, events: [A1 issued, A1 service_started +16m], expect: {A1: kept, owed: "
          "EUR 10.00}}");
  EXPECT_THAT(result.failures,
              ElementsAre(HasSubstr("t.yaml:7:70: A1, p15 at the end\n    expected  kept\n    "
                                    "found     breached (counted 16m of 15m)")));
  EXPECT_THAT(result.trace,
              HasSubstr("09:00:00.000  issued            clock starts, due 09:15:00.000"));
}

TEST(PromiseTest, AWrongSumFails) {
  const auto result =
      run("  - {name: x, events: [A1 issued, A1 service_started +16m], expect: {A1: breached, "
          "owed: EUR 20.00}}");
  EXPECT_THAT(result.failures,
              ElementsAre(HasSubstr("expected  EUR 20.00\n    found     EUR 10.00")));
}

TEST(PromiseTest, OwedIsTheSumOfTheTicketsNamed) {
  const std::string events =
      "  - {name: x, events: [A1 issued, B1 issued, A1 service_started +16m, B1 service_started "
      "+16m], ";
  EXPECT_TRUE(run(events + "expect: {A1: breached, B1: breached, owed: EUR 20.00}}").has_passed);
  EXPECT_TRUE(run(events + "expect: {B1: breached, owed: EUR 10.00}}").has_passed);
}

TEST(PromiseTest, AnEmptyExpectationNamesATicketAlone) {
  const std::string events = "  - {name: x, events: [A1 issued, A1 service_started +16m], expect: ";
  EXPECT_TRUE(run(events + "{A1: {}, owed: EUR 10.00}}").has_passed);
  EXPECT_THAT(run(events + "{A1: {}, owed: nothing}}").failures,
              ElementsAre(HasSubstr("EUR 10.00")));
  EXPECT_THAT(run(events + "{A2: {}}}").failures, ElementsAre(HasSubstr("no such ticket")));
}

TEST(PromiseTest, ABreachIsSeenAtItsFirstMillisecondNotBefore) {
  EXPECT_TRUE(
      run("  - {name: x, events: [A1 issued], at: {+15m: {A1: open}, +15m0.001s: {A1: breached}}}")
          .has_passed);
}

TEST(PromiseTest, ARejectedEventFailsTheTest) {
  const auto result = run("  - {name: x, events: [A1 issued, A1 arrived +1m], expect: {A1: open}}");
  EXPECT_THAT(result.failures, ElementsAre(HasSubstr("the event is rejected: no vocabulary")));
}

TEST(PromiseTest, ATicketThatNobodyIssuedIsSaidSo) {
  EXPECT_THAT(run("  - {name: x, events: [A1 issued], expect: {A2: open}}").failures,
              ElementsAre(HasSubstr("no such ticket")));
}

TEST(PromiseTest, NoneMeansThatNoPromiseRuns) {
  EXPECT_TRUE(
      run("  - {name: x, events: [{A1 issued: {segment: staff}}], expect: {A1: none}}").has_passed);
  EXPECT_FALSE(run("  - {name: x, events: [A1 issued], expect: {A1: none}}").has_passed);
}

}  // namespace
}  // namespace lupaus::rules::scenario
