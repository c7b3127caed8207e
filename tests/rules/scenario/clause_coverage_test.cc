// Which clauses a set of promise tests has exercised, and tests generated around every edge.
#include "rules/scenario/clause_coverage.h"

#include "rules/scenario/edges.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

constexpr const char* kHead = R"(apiVersion: lupaus/v1
kind: PromiseTest
files: [p15.yaml]
start: 2026-01-05T09:00:00+02:00
defaults: {branch: b, customer: c-1, segment: private}
tests:
)";

model::Result<model::BookPtr> sample_book(const std::vector<std::string>&) {
  return compile_book(kSampleBook);
}

/// Names of what was never exercised by tests of this text.
std::vector<std::string> never(const std::string& tests) {
  const auto files = parse_tests("p15.test.yaml", kHead + tests);
  EXPECT_TRUE(files.ok());
  WatchedBooks books(sample_book);
  for (const TestFile& file : *files) {
    for (const PromiseTest& test : file.tests) {
      const auto result = run_test(
          file, test, [&](const auto& names) { return books.load(names); },
          [&](const auto& state, const auto& facts) { books.note(state, facts); });
      EXPECT_TRUE(result.has_passed) << result.trace;
    }
  }
  std::vector<std::string> names;
  for (const Clause& clause : books.clauses()) {
    EXPECT_EQ(clause.promise, "p15");
    EXPECT_NE(clause.span.line, 0u);
    if (!clause.is_exercised) names.push_back(clause.name);
  }
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(ClauseCoverage, NamesWhatNoTestReaches) {
  const auto names =
      never("  - {name: kept, events: [A1 issued, A1 service_started +15m], expect: {A1: kept}}\n");
  EXPECT_FALSE(has(names, "applies"));
  EXPECT_TRUE(has(names, "applies (false)"));
  EXPECT_FALSE(has(names, "target (at the limit exactly)"));
  EXPECT_FALSE(has(names, "clock.on.service_started"));
  for (const char* name :
       {"clock.on.parked", "clock.on.expired", "tiers[0]", "tiers[1]", "caps[0] customer/day"})
    EXPECT_TRUE(has(names, name)) << name;
}

TEST(ClauseCoverage, SeesTiersAndCapsWhereTheyDecide) {
  const std::string first =
      "  - {name: first, events: [A1 issued, A1 service_started +16m], expect: {A1: breached}}\n";
  EXPECT_FALSE(has(never(first), "tiers[0]"));
  EXPECT_TRUE(has(never(first), "tiers[1]"));
  EXPECT_TRUE(has(never(first), "caps[0] customer/day"));
  const auto names =
      never(first +
            "  - {name: second, events: [A1 issued, A2 issued, A1 service_started +16m, A2 "
            "service_started +31m], "
            "expect: {A1: breached, A2: breached, owed: EUR 15.00}}\n"
            "  - {name: staff, events: [{A3 issued: {segment: staff}}], expect: {A3: none}}\n");
  for (const char* name : {"tiers[0]", "tiers[1]", "caps[0] customer/day", "applies (false)"})
    EXPECT_FALSE(has(names, name)) << name;
}

TEST(Edges, AreTestsThatPassAndStandAroundEachLimit) {
  const auto files = parse_tests(
      "p15.test.yaml",
      std::string(kHead) + "  - {name: kept, events: [A1 issued], expect: {A1: open}}\n");
  ASSERT_TRUE(files.ok());
  const auto text = edge_tests(files->front(), sample_book);
  ASSERT_TRUE(text.ok());
  const auto edges = parse_tests("edges.test.yaml", *text);
  ASSERT_TRUE(edges.ok()) << edges.error().message << "\n" << *text;
  for (const char* name : {"p15: 1 ms before the limit of 15m", "p15: 1 ms after tiers[1] over 30m",
                           "p15: exactly at the limit of 15m, clocks change on 2026-03-29",
                           "p15: 1 ms after the limit of 15m, clocks change on 2026-10-25"})
    EXPECT_NE(text->find(name), std::string::npos) << name << "\n" << *text;
  EXPECT_NE(text->find("+15m]\n    expect: {E1: {p15: kept}, owed: nothing}"), std::string::npos)
      << *text;
  EXPECT_NE(text->find("+15m0.001s]\n    expect: {E1: {p15: breached}, owed: EUR 10.00}"),
            std::string::npos)
      << *text;
  for (const PromiseTest& test : edges->front().tests) {
    const auto result = run_test(edges->front(), test, sample_book);
    EXPECT_TRUE(result.has_passed) << test.name << "\n" << result.trace;
  }
}

}  // namespace
}  // namespace lupaus::rules::scenario
