// Each kind of clause that a promise can have: named, with its place, and exercised by the test
// that reaches it and by no other.
#include <gmock/gmock.h>

#include "rules/scenario/clause_coverage.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Not;

constexpr const char* kDesk = R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: desk}
spec:
  events: [issued, moved, answered, left, expired]
  branch_events: [alarm_raised]
  attributes: {fare: money, customer: {type: string, personal: true}, segment: string, to: string}
  branch_attributes: {alarm: bool}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki}
---
)";

/// A promise of the desk with these lines after its clock.
std::string desk(const std::string& name, const std::string& moved, const std::string& rest) {
  return "apiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: " + name +
         "}\nspec:\n  vocabulary: desk\n  wording: {en: In time.}\n  applies: true\n"
         "  clock:\n    measure: elapsed\n    expire_after: 24h\n    on: {issued: start, moved: " +
         moved + ", answered: stop, left: void, expired: review}\n    on_silence: review\n" + rest;
}

/// Clauses of a book by "promise name", with whether one of the tests has exercised them.
std::map<std::string, bool> clauses_of(const std::string& book, const std::string& tests) {
  const auto compiled = compile_book(kDesk + book);
  const auto parsed =
      parse_tests("t.yaml",
                  "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p.yaml]\n"
                  "start: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b, customer: c-1, segment: "
                  "private, fare: EUR 40.00}\ntests:\n" +
                      tests);
  EXPECT_TRUE(parsed.ok()) << (parsed ? "" : model::format_error(parsed.error()));
  std::map<std::string, bool> found;
  if (!parsed || compiled == nullptr) return found;
  WatchedBooks watched([&](const auto&) -> model::Result<model::BookPtr> { return compiled; });
  for (const PromiseTest& test : parsed->front().tests) {
    const auto result = run_test(
        parsed->front(), test, [&](const auto& names) { return watched.load(names); },
        [&](const auto& state, const auto& facts) { watched.note(state, facts); });
    EXPECT_THAT(result.failures, testing::IsEmpty()) << result.trace;
  }
  for (const Clause& clause : watched.clauses()) {
    EXPECT_EQ(clause.span.file, "p15.yaml") << clause.name;
    EXPECT_TRUE(found.emplace(clause.promise + " " + clause.name, clause.is_exercised).second);
  }
  return found;
}

auto exercised(const std::string& clause) { return Contains(testing::Pair(clause, true)); }
auto never(const std::string& clause) { return Contains(testing::Pair(clause, false)); }

TEST(ClauseKinds, AConditionalLineHasAClauseForEachCaseAndOneForElse) {
  const std::string book =
      desk("p",
           "[{when: event.to == \"loan\", then: void}, {when: event.to == \"gone\", then: "
           "forfeit}, {else: continue}]",
           "  target: {within: 15m}\n");
  const std::string to_loan =
      "  - {name: loan, events: [A1 issued, {A1 moved +1m: {to: loan}}], expect: {A1: void}}\n";
  EXPECT_THAT(clauses_of(book, to_loan),
              AllOf(exercised("p clock.on.moved[0]"), never("p clock.on.moved[1]"),
                    never("p clock.on.moved.else")));
  EXPECT_THAT(clauses_of(book, to_loan + "  - {name: cash, events: [A1 issued, {A1 moved +1m: {to: "
                                         "cash}}, A1 answered +2m], expect: {A1: kept}}\n"),
              AllOf(exercised("p clock.on.moved[0]"), never("p clock.on.moved[1]"),
                    exercised("p clock.on.moved.else")));
}

TEST(ClauseKinds, APromiseThatPaysNothingHasNoClausesOfMoney) {
  const auto found =
      clauses_of(desk("p", "continue", "  target: {within: 15m}\n"),
                 "  - {name: x, events: [A1 issued, A1 answered +15m], expect: {A1: kept}}\n");
  EXPECT_THAT(found, AllOf(exercised("p clock.on.issued"), exercised("p clock.on.answered"),
                           never("p clock.on.left"), never("p clock.on.expired"),
                           exercised("p target (at the limit exactly)")));
  for (const auto& [name, is_exercised] : found) {
    EXPECT_EQ(name.find("tiers"), std::string::npos) << name;
    EXPECT_EQ(name.find("caps"), std::string::npos) << name;
    EXPECT_EQ(name.find("clock.on.moved"), std::string::npos) << "it changes nothing";
  }
}

TEST(ClauseKinds, ExpiryIsExercisedByATicketThatNobodyEnds) {
  const std::string book = desk("p", "continue", "  target: {within: 15m}\n");
  const std::string open = "  - {name: x, events: [A1 issued], ";
  EXPECT_THAT(clauses_of(book, open + "at: {+23h: {A1: breached}}}\n"),
              never("p clock.on.expired"));
  EXPECT_THAT(clauses_of(book, open + "at: {+25h: {A1: breached}}}\n"),
              exercised("p clock.on.expired"));
}

TEST(ClauseKinds, LimitsByConditionWarningsAndExcusesAreClausesOfTheirOwn) {
  const std::string book =
      desk("p", "continue",
           "  target: {within: [{when: ticket.segment == \"gold\", within: 5m}, {when: "
           "ticket.segment == \"silver\", within: 10m}, {within: 15m}]}\n"
           "  warn: [{left: 4m}, {left: 1m}]\n"
           "  excuses: [{id: alarm, when: branch.alarm == true}, {id: by-hand, approvers: 2}]\n");
  const auto none = clauses_of(
      book,
      "  - {name: x, events: [{A1 issued: {segment: gold}}, A1 answered +3m], expect: {A1: "
      "kept}}\n");
  EXPECT_THAT(none, AllOf(exercised("p target.within[0]"), never("p target.within[1]"),
                          never("p target.within[2]"), exercised("p warn[0]"), never("p warn[1]"),
                          never("p excuses[0] alarm")));
  EXPECT_THAT(none, Not(Contains(testing::Key("p excuses[1] by-hand")))) << "nobody can test it";
  const auto more = clauses_of(
      book,
      "  - {name: x, events: [A1 issued, {b alarm_raised +5m: {alarm: \"true\"}}, A1 "
      "answered +20m], expect: {A1: excused}}\n"
      "  - {name: y, events: [{A1 issued: {segment: silver}}, A1 answered +1m], expect: {A1: "
      "kept}}\n");
  EXPECT_THAT(more, AllOf(never("p target.within[0]"), exercised("p target.within[1]"),
                          exercised("p target.within[2]"), exercised("p warn[1]"),
                          exercised("p excuses[0] alarm")));
}

TEST(ClauseKinds, BoundsOfMoneyAreExercisedWhereTheyDecideTheSum) {
  const std::string book = desk(
      "p", "continue",
      "  target: {within: 15m}\n  compensation:\n    tiers: [{over: 15m, pay: 25% of "
      "ticket.fare}, {over: 1h, pay: 50% of ticket.fare}]\n    at_most: EUR 15.00\n    at_least: "
      "EUR 5.00\n    min_payable: EUR 6.00\n    caps: [{per: ticket, max: EUR 12.00}, {per: "
      "promise/day, max: 2 times, then: hold}]\n    instrument: voucher\n");
  const std::string late = "events: [A1 issued, A1 answered +16m], ";
  const auto plain =
      clauses_of(book, "  - {name: x, " + late + "expect: {A1: breached, owed: EUR 10.00}}\n");
  EXPECT_THAT(plain, AllOf(exercised("p tiers[0]"), never("p tiers[1]"), never("p at_most"),
                           never("p at_least"), never("p min_payable"), never("p caps[0] ticket"),
                           never("p caps[1] promise/day")));
  const auto high = clauses_of(book,
                               "  - {name: x, events: [A1 issued, A1 answered +2h], expect: {A1: "
                               "breached, owed: EUR 12.00}}\n");
  EXPECT_THAT(high, AllOf(never("p tiers[0]"), exercised("p tiers[1]"), exercised("p at_most"),
                          never("p at_least"), exercised("p caps[0] ticket")));
  const auto low = clauses_of(book,
                              "  - {name: x, events: [{A1 issued: {fare: EUR 4.00}}, A1 answered "
                              "+16m], expect: {A1: breached, owed: nothing}}\n");
  EXPECT_THAT(low, AllOf(exercised("p at_least"), exercised("p min_payable"), never("p at_most")));
}

TEST(ClauseKinds, BoundsOfATierAreClausesOfTheirOwn) {
  const std::string book =
      desk("p", "continue",
           "  target: {within: 15m}\n  compensation:\n    tiers: [{over: 15m, pay: 25% of "
           "ticket.fare, at_most: EUR 15.00, at_least: EUR 5.00}, {over: 1h, pay: 50% of "
           "ticket.fare, at_most: EUR 15.00}]\n    instrument: voucher\n");
  const auto after = [&](const std::string& fare, const std::string& minutes) {
    return clauses_of(book, "  - {name: x, events: [{A1 issued: {fare: EUR " + fare +
                                "}}, A1 answered +" + minutes + "m], expect: {A1: breached}}\n");
  };
  EXPECT_THAT(after("40.00", "16"),
              AllOf(exercised("p tiers[0]"), never("p tiers[0].at_most"),
                    never("p tiers[0].at_least"), never("p tiers[1].at_most")));
  EXPECT_THAT(after("90.00", "16"), AllOf(exercised("p tiers[0].at_most"),
                                          never("p tiers[0].at_least"), never("p tiers[1]")));
  EXPECT_THAT(after("4.00", "16"),
              AllOf(never("p tiers[0].at_most"), exercised("p tiers[0].at_least")));
  EXPECT_THAT(after("90.00", "61"),
              AllOf(never("p tiers[0].at_most"), exercised("p tiers[1].at_most")));
}

TEST(ClauseKinds, AreShownWhereTheyAreWritten) {
  const auto book = compile_book(
      std::string(kDesk) +
      desk("p", "continue",
           "  target: {within: 15m}\n  compensation:\n    tiers: [{over: 15m, pay: EUR 9.00}]\n"
           "    at_most: EUR 8.00\n    at_least: EUR 2.00\n    min_payable: EUR 1.00\n"
           "    group: g\n    instrument: voucher\n"));
  ClauseCoverage coverage(book);
  std::map<std::string, uint32_t> lines;
  for (const Clause& clause : coverage.clauses()) lines[clause.name] = clause.span.line;
  const uint32_t tiers = lines.at("tiers[0]");
  EXPECT_EQ(lines.at("at_most"), tiers + 1);
  EXPECT_EQ(lines.at("at_least"), tiers + 2);
  EXPECT_EQ(lines.at("min_payable"), tiers + 3);
  EXPECT_EQ(lines.at("group"), tiers + 4);
}

TEST(ClauseKinds, AGroupIsExercisedWhereTwoOfItBreakOnOneTicket) {
  const std::string pays =
      "  target: {within: 15m}\n  compensation: {group: wait, tiers: [{over: 15m, pay: EUR ";
  const std::string book = desk("large", "continue", pays + "10.00}], instrument: voucher}\n") +
                           "---\n" + desk("small", "void", pays + "5.00}], instrument: voucher}\n");
  EXPECT_THAT(clauses_of(book,
                         "  - {name: x, events: [A1 issued, A1 moved +16m, A1 answered +17m], "
                         "expect: {A1: {}}}\n"),
              AllOf(exercised("large tiers[0]")));
  EXPECT_THAT(clauses_of(book,
                         "  - {name: x, events: [A1 issued, A1 answered +17m], expect: {A1: "
                         "breached, owed: EUR 10.00}}\n"),
              AllOf(exercised("small group"), exercised("small tiers[0]"), never("large group")));
}

TEST(ClauseKinds, JoinedAreExercisedWhereOneOfThemIs) {
  const model::Span here{"p.yaml", 7, 3}, there{"q.yaml", 7, 3};
  std::vector<Clause> all = {{"p", "applies", here, false}, {"p", "warn[0]", here, true}};
  join(all, {{"p", "applies", here, true},
             {"p", "applies", there, false},
             {"q", "applies", here, false},
             {"p", "warn[0]", here, false}});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all[0].is_exercised);
  EXPECT_TRUE(all[1].is_exercised);
  EXPECT_FALSE(all[2].is_exercised) << "another file";
  EXPECT_EQ(all[3].promise, "q");
}

TEST(ClauseKinds, ABookThatIsNotThereIsNotWatched) {
  WatchedBooks watched([](const auto&) -> model::Result<model::BookPtr> {
    return model::Error{"no_file", "it is not there", "", {}};
  });
  EXPECT_EQ(watched.load({"p.yaml"}).error().code, "no_file");
  EXPECT_TRUE(watched.clauses().empty());
}

}  // namespace
}  // namespace lupaus::rules::scenario
