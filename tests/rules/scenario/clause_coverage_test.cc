// Which clauses a set of promise tests has exercised.
#include "rules/scenario/clause_coverage.h"

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

/// A book of two revisions in two files: the later one is published while the test runs.
TEST(ClauseCoverage, OfOneRevisionSaysNothingOfTheOther) {
  std::map<std::string, model::BookPtr> books;
  for (const auto& [name, text] :
       {std::pair("p15.yaml", std::string(kSampleBook)),
        std::pair("later.yaml", std::string(kSampleBook) + "# later\n")}) {
    std::string changed = text;
    if (std::string_view(name) == "later.yaml")
      changed.replace(changed.find("EUR 20.00"), 9, "EUR 30.00");
    const model::SourceFile file{name, changed};
    books[name] = language::compile({&file, 1}).book;
    ASSERT_NE(books[name], nullptr);
  }
  const auto parsed = parse_tests(
      "p15.test.yaml", std::string(kHead) +
                           "  - name: first\n"
                           "    publish: {+1h: [later.yaml]}\n"
                           "    events: [A1 issued, A1 parked +1m, A1 unparked +2m, A1 "
                           "service_started +16m, A2 issued +2h, A2 service_started +2h1m]\n"
                           "    expect: {A1: kept, A2: kept}\n");
  ASSERT_TRUE(parsed.ok());
  WatchedBooks watched(
      [&](const auto& files) -> model::Result<model::BookPtr> { return books.at(files.front()); });
  const auto result = run_test(
      parsed->front(), parsed->front().tests.front(),
      [&](const auto& names) { return watched.load(names); },
      [&](const auto& state, const auto& facts) { watched.note(state, facts); });
  EXPECT_TRUE(result.has_passed) << result.trace;
  std::map<std::pair<std::string, std::string>, bool> is_exercised;
  for (const Clause& clause : watched.clauses())
    is_exercised[{clause.span.file, clause.name}] = clause.is_exercised;
  for (const char* name : {"clock.on.parked", "target (at the limit exactly)"}) {
    EXPECT_TRUE((is_exercised.at({"p15.yaml", name}))) << name;
    EXPECT_FALSE((is_exercised.at({"later.yaml", name}))) << name;
  }
  EXPECT_TRUE((is_exercised.at({"later.yaml", "clock.on.service_started"})));
}

TEST(ClauseCoverage, SeesASuspensionWhereItRefusesAStart) {
  const std::string suspended =
      std::string(kSampleBook)
          .replace(std::string(kSampleBook).find("  compensation:"), 0,
                   "  suspensions: [{from: 2026-01-05, until: 2026-01-05, when: "
                   "ticket.segment == \"vip\"}, {from: 2026-01-06, until: "
                   "2026-01-07}]\n");
  const auto parsed = parse_tests(
      "p15.test.yaml", std::string(kHead) +
                           "  - {name: x, events: [A1 issued], expect: {A1: open}}\n"
                           "  - {name: y, events: [A1 issued +24h], expect: {A1: none}}\n");
  ASSERT_TRUE(parsed.ok());
  WatchedBooks watched(
      [&](const auto&) -> model::Result<model::BookPtr> { return compile_book(suspended); });
  for (const PromiseTest& test : parsed->front().tests) {
    const auto result = run_test(
        parsed->front(), test, [&](const auto& names) { return watched.load(names); },
        [&](const auto& state, const auto& facts) { watched.note(state, facts); });
    EXPECT_TRUE(result.has_passed) << result.trace;
  }
  std::map<std::string, bool> is_exercised;
  for (const Clause& clause : watched.clauses()) is_exercised[clause.name] = clause.is_exercised;
  EXPECT_FALSE(is_exercised.at("suspensions[0]"));
  EXPECT_TRUE(is_exercised.at("suspensions[1]"));
}

}  // namespace
}  // namespace lupaus::rules::scenario
