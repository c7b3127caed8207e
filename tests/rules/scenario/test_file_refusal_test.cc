// What the reader of promise tests refuses, node by node: where it points and what it says; and
// what it takes although it looks unusual.
#include <gmock/gmock.h>

#include "rules/scenario/promise_test.h"
#include "rules/scenario/test_file.h"

namespace lupaus::rules::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kTop =
    "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p.yaml]\nstart: 2026-01-05T09:00:00Z\n"
    "defaults: {branch: b, segment: normal}\n";

/// All that is told of a text, a line each; "" when it is taken.
std::string told(const std::string& text) {
  std::string all;
  for (const auto& diagnostic : read_tests("t.yaml", text).diagnostics)
    all += language::format_diagnostic(diagnostic) + "\n";
  return all;
}

/// A document with one test of these keys besides its name, on line 7.
std::string with(const std::string& keys) {
  return std::string(kTop) + "tests:\n  - {name: x, " + keys + "}\n";
}

struct Wrong {
  const char* keys;
  const char* says;
};

TEST(PromiseTestRefusal, OfEachKeyOfATestSaysWhatWasExpectedAndWhere) {
  const Wrong cases[] = {
      {"events: A1 issued, expect: {A1: kept}",
       "t.yaml:7:23: error T001: expected a list of events, but this is none"},
      {"events: [[A1, issued]], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected a text, but a list is written"},
      {"events: [{A1 issued: {a: b}, A2 issued: {a: b}}], expect: {A1: kept}",
       "expected one event with its attributes, but this map has another size"},
      {"events: [{A1 issued: loan}], expect: {A1: kept}",
       "expected a map of keys in an event, but `loan`"},
      {"events: [{A1 issued: {service: [loan]}}], expect: {A1: kept}",
       "expected a text, but a list is written"},
      {"events: [A1 issued soon], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected a time with date and offset, but `soon`"},
      {"events: [A1 issued +soon], expect: {A1: kept}", "t.yaml:7:24: error T001: expected"},
      {"events: [A1 issued +5m arrives], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected a time with date and offset, but ``"},
      {"events: [A1 issued +5m arrives late], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected a time with date and offset, but `late`"},
      {"events: [A1 issued +5m arrives +4m], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected an arrival after the event, but it is earlier"},
      {"events: [A1 issued +5m arrives +6m again], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected nothing more, but `again`"},
      {"events: [A1 issued +5m +6m], expect: {A1: kept}",
       "t.yaml:7:24: error T001: expected nothing more, but `+6m`"},
      {"events: [A1 issued], at: [A1]", "expected a map of keys in at, but a list is written"},
      {"events: [A1 issued], at: {later: {A1: kept}}",
       "t.yaml:7:41: error T001: expected a time with date and offset, but `later`"},
      {"events: [A1 issued], expect: kept",
       "expected a map of keys in what is expected, but `kept`"},
      {"events: [A1 issued], expect: {A1: [kept]}",
       "t.yaml:7:49: error P006: expected a map of keys in an expectation, but a list is written"},
      {"events: [A1 issued], expect: {A1: {is: [kept]}}", "indeterminate or none, but a list"},
      {"events: [A1 issued], expect: {A1: {p15: keept}}", "indeterminate or none, but `keept`"},
      {"events: [A1 issued], expect: {A1: {paid_state: given}}",
       "reversed or claimable, but `given`"},
      {"events: [A1 issued], expect: {A1: {counted: long}}", "but `long`"},
      {"events: [A1 issued], expect: {A1: {due: [1]}}", "expected a text, but a list is written"},
      {"events: [A1 issued], expect: {A1: {cycle: first}}", "but `first`"},
      {"events: [A1 issued], expect: {A1: kept, owed: {EUR: 10}}",
       "expected a text, but a map is written"},
      {"events: [A1 issued], expect: {}",
       "t.yaml:7:44: error T001: expected a ticket and what is to come of it, but nothing is "
       "asked"},
      {"events: [A1 issued], expect: {owed: nothing}",
       "t.yaml:7:44: error T001: expected the tickets whose sums `owed` adds up, but none is "
       "named"},
      {"events: [A1 issued], at: {}",
       "t.yaml:7:40: error T001: expected a moment and what is seen then, but nothing is asked"},
      {"events: [A1 issued], expect: {A1: kept}, deliver: 101 times",
       "expected a count like `3 times`, but `101 times`"},
      {"events: [A1 issued], expect: {A1: kept}, deliver: thrice",
       "expected a count like `3 times`, but `thrice`"},
      {"events: [A1 issued], expect: {A1: kept}, publish: [p.yaml]",
       "expected a map of keys in publish, but a list is written"},
      {"events: [A1 issued], expect: {A1: kept}, publish: {soon: [p.yaml]}",
       "expected a time with date and offset, but `soon`"},
      {"events: [A1 issued], expect: {A1: kept}, publish: {+5m: []}",
       "expected a list of files, but this is none"},
      {"events: [A1 issued], expect: {A1: kept}, publish: {+5m: [{p: q}]}",
       "expected a text, but a map is written"},
      {"events: [A1 issued], expect: {A1: kept}, server_down: {from: +5m, until: +5m}",
       "expected `until` after `from`, but it is not"},
      {"events: [A1 issued], expect: {A1: kept}, server_down: {from: +5m, until: never}",
       "but `never`"},
      {"events: [A1 issued], expect: {A1: kept}, server_down: {from: then, until: +5m}",
       "but `then`"},
      {"events: [A1 issued], expect: {A1: kept}, start: [now]",
       "expected a text, but a list is written"},
      {"events: [A1 issued], expect: {A1: kept}, start: now",
       "expected a time with date and offset, but `now`"},
      {"events: [A1 issued], expect: {A1: kept}, defaults: gold",
       "expected a map of keys in defaults, but `gold`"},
  };
  for (const Wrong& wrong : cases)
    EXPECT_THAT(told(with(wrong.keys)), HasSubstr(wrong.says)) << wrong.keys;
}

TEST(PromiseTestRefusal, OfTheFilesAndOfTheListOfTests) {
  const std::string head = "apiVersion: lupaus/v1\nkind: PromiseTest\n";
  const std::string test = "{name: x, events: [A1 issued], expect: {A1: kept}}";
  const std::string frame = "start: 2026-01-05T09:00:00Z\ndefaults: {branch: b}\n";
  for (const char* files : {"p.yaml", "[]", "{p: q}"}) {
    EXPECT_THAT(told(head + "files: " + files + "\n" + frame + "tests: [" + test + "]\n"),
                HasSubstr("t.yaml:3:8: error T001: expected a list of files, but this is none"));
  }
  EXPECT_THAT(told(head + "files: [[p]]\n" + frame + "tests: [" + test + "]\n"),
              HasSubstr("t.yaml:3:9: error T001: expected a text, but a list is written"));
  EXPECT_THAT(told(head + "files: [\"\"]\n" + frame + "tests: [" + test + "]\n"),
              HasSubstr("t.yaml:3:9: error T001: expected a text, but it is empty"));
  EXPECT_THAT(told(head + "files: [p]\n" + frame +
                   "tests: [{name: \"\", events: [A1 issued], expect: {A1: kept}}]\n"),
              HasSubstr("expected a text, but it is empty"));
  EXPECT_THAT(told(head + "files: [p]\n" + frame + "tests: x\n"),
              HasSubstr("t.yaml:6:8: error T001: expected a list of tests, but this is none"));
  EXPECT_THAT(told(head + "files: [p]\n" + frame + "tests: [x]\n"),
              HasSubstr("expected a map of keys in a test, but `x`"));
  EXPECT_THAT(told(head + "files: [p]\n" + frame + "tests: [" + test + ", " + test + "]\n"),
              HasSubstr("expected a name of its own, but `x` is there twice"));
  EXPECT_THAT(told(head + "files: [p]\ntests: [" + test + "]\n"),
              testing::AllOf(HasSubstr("expected `start` here or at the top"),
                             HasSubstr("expected `defaults: {branch: …}` here or at the top")));
  EXPECT_THAT(told(head + "files: [p]\n" + frame +
                   "tests: [{name: [x], events: [A1 issued], "
                   "expect: {A1: kept}}]\n"),
              HasSubstr("expected a text, but a list is written"));
}

TEST(PromiseTestRefusal, IsTheFirstErrorForWhoAsksForTestsAlone) {
  const auto parsed = parse_tests("t.yaml", with("events: [A1], expect: {A1: keept}"));
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(parsed.error().message, HasSubstr("expected a ticket and an event type"));
  EXPECT_EQ(parsed.error().span.line, 7u);
}

TEST(PromiseTestRefusal, IsNotForDocumentsOfOtherKinds) {
  for (const char* other : {"files: [p]\n", "kind: [PromiseTest]\n", "kind: Promise\nspec: 1\n"}) {
    const auto tests = read_tests("t.yaml", other);
    EXPECT_THAT(tests.files, IsEmpty()) << other;
    EXPECT_THAT(tests.diagnostics, IsEmpty()) << other;
  }
}

/// The one test of a text that must be taken.
PromiseTest taken(const std::string& keys) {
  const auto parsed = parse_tests("t.yaml", with(keys));
  if (!parsed) {
    ADD_FAILURE() << model::format_error(parsed.error());
    return {};
  }
  return parsed->front().tests.front();
}

TEST(PromiseTestFile, TakesMomentsAsOffsetsBothWaysAndAsInstants) {
  using namespace std::chrono_literals;
  const PromiseTest test = taken(
      "events: [A1 issued -5m, \"A1 called 2026-01-05T09:01:00Z\", A1 recalled arrives +3m, "
      "A1 service_started +4m arrives +9m], expect: {A1: {due: +15m, cycle: 1, counted: 4m}}");
  ASSERT_EQ(test.events.size(), 4u);
  EXPECT_EQ(test.events[0].at, test.start - 5min);
  EXPECT_EQ(test.events[1].at, test.start + 1min);
  EXPECT_EQ(test.events[2].at, test.start);
  EXPECT_EQ(test.events[2].arrives_at, test.start + 3min);
  EXPECT_EQ(test.events[3].arrives_at, test.start + 9min);
  const Expectation& expected = test.checks.front().tickets.front();
  EXPECT_EQ(expected.due_at, test.start + 15min);
  EXPECT_EQ(expected.counted, 4min);
  EXPECT_EQ(expected.cycle, 1u);
  EXPECT_EQ(expected.state, "");
}

TEST(PromiseTestFile, DefaultsOfATestStandInPlaceOfTheFilesOneByOne) {
  const PromiseTest test = taken(
      "events: [A1 issued], expect: {A1: kept}, start: 2026-01-06T09:00:00Z, "
      "defaults: {segment: gold, service: loan, branch: c}");
  EXPECT_EQ(test.branch, "c");
  EXPECT_THAT(test.defaults, ElementsAre(Pair("segment", "gold"), Pair("service", "loan")));
  EXPECT_EQ(model::format_instant(test.start), "2026-01-06T09:00:00.000Z");
}

TEST(PromiseTestFile, TakesBooksOutagesAndDeliveries) {
  using namespace std::chrono_literals;
  const PromiseTest test = taken(
      "events: [A1 issued], expect: {A1: {p15: kept, p20: {is: breached}}, owed: nothing}, "
      "publish: {+5m: [p.yaml, q.yaml]}, server_down: {from: +14m, until: +40m}, deliver: 3 times");
  ASSERT_EQ(test.publications.size(), 1u);
  EXPECT_EQ(test.publications[0].at, test.start + 5min);
  EXPECT_THAT(test.publications[0].files, ElementsAre("p.yaml", "q.yaml"));
  EXPECT_EQ(test.server_down, std::pair(test.start + 14min, test.start + 40min));
  EXPECT_EQ(test.deliveries, 3u);
  const Check& check = test.checks.front();
  EXPECT_TRUE(check.has_owed);
  EXPECT_FALSE(check.owed);
  ASSERT_EQ(check.tickets.size(), 2u);
  EXPECT_EQ(check.tickets[0].promise, "p15");
  EXPECT_EQ(check.tickets[1].state, "breached");
}

}  // namespace
}  // namespace lupaus::rules::scenario
