// Tests generated around every edge: which edges they stand around, and that they pass.
#include "rules/scenario/edges.h"

#include <gmock/gmock.h>

#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Edges {
  std::string text;
  TestFile file;

  /// What the test of that name expects.
  std::string expected(const std::string& name) const {
    const size_t at = text.find("\"" + name + "\"");
    if (at == std::string::npos) return "no such test";
    const size_t line = text.find("expect: ", at) + 8;
    return text.substr(line, text.find('\n', line) - line);
  }
};

/// The edges of a book, from a start with defaults; each generated test passes.
Edges edges_of(const std::string& book, const std::string& start, const std::string& defaults) {
  const auto compiled = compile_book(book);
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return compiled; };
  const auto frame = parse_tests(
      "p.test.yaml", "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p.yaml]\nstart: " + start +
                         "\ndefaults: {branch: b" + defaults +
                         "}\ntests:\n  - {name: x, events: [A1 issued], expect: {A1: {}}}\n");
  EXPECT_TRUE(frame.ok());
  const auto text = edge_tests(frame->front(), books);
  EXPECT_TRUE(text.ok());
  const auto file = parse_tests("edges.test.yaml", *text);
  EXPECT_TRUE(file.ok()) << (file ? "" : model::format_error(file.error())) << *text;
  if (!file) return {};
  for (const PromiseTest& test : file->front().tests) {
    const auto result = run_test(file->front(), test, books);
    EXPECT_TRUE(result.has_passed) << test.name << "\n" << result.trace;
  }
  return {*text, file->front()};
}

TEST(Edges, StandAroundLimitsTiersAndChangesOfClocks) {
  const Edges edges =
      edges_of(kSampleBook, "2026-01-05T09:00:00+02:00", ", customer: c-1, segment: private");
  EXPECT_EQ(edges.expected("p15: exactly at the limit of 15m"), "{E1: {p15: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p15: 1 ms after the limit of 15m"),
            "{E1: {p15: breached}, owed: EUR 10.00}");
  EXPECT_EQ(edges.expected("p15: exactly at tiers[1] over 30m"),
            "{E1: {p15: breached}, owed: EUR 10.00}");
  EXPECT_EQ(edges.expected("p15: 1 ms after tiers[1] over 30m"),
            "{E1: {p15: breached}, owed: EUR 15.00}");
  for (const char* date : {"2026-03-29", "2026-10-25"}) {
    EXPECT_EQ(
        edges.expected("p15: 1 ms after the limit of 15m, clocks change on " + std::string(date)),
        "{E1: {p15: breached}, owed: EUR 10.00}");
  }
}

/// A promise of the desk whose office works from nine to four.
std::string desk(const std::string& measure, const std::string& target, const std::string& tiers) {
  return R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: desk}
spec:
  events: [issued, answered, expired]
  attributes: {agreed_at: time, segment: string}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: office}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["09:00-12:00", "13:00-16:00"]}
  exceptions:
    - {date: 2026-03-06, class: payday}
    - {date: 2026-03-13, hours: [], reason: Inventory}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, hours: office}
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: p}
spec:
  vocabulary: desk
  wording: {en: Answered in time.}
  applies: true
  clock: {measure: )" +
         measure +
         R"(, expire_after: 4000h, on: {issued: start, answered: stop, expired: review}, on_silence: review}
  target: {)" +
         target + R"(}
  compensation: {tiers: [)" +
         tiers + "]}\n";
}

TEST(Edges, OfDaysStandAtTheClosingAndTheOpeningAfterIt) {
  const Edges edges = edges_of(
      desk("office", "within: 2 business days",
           "{over: 2 business days, pay: EUR 20.00}, {over: 5 business days, pay: EUR 50.00}"),
      "2026-03-02T10:00:00+02:00", "");
  const std::string after = "p: 1 ms after ";
  EXPECT_EQ(edges.expected(after + "the limit of 2 business days"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p: exactly at the opening after the limit of 2 business days"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected(after + "the opening after the limit of 2 business days"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_EQ(edges.expected(after + "tiers[1] over 5 business days"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_EQ(edges.expected(after + "the opening after tiers[1] over 5 business days"),
            "{E1: {p: breached}, owed: EUR 50.00}");
  EXPECT_EQ(
      edges.expected(after +
                     "the opening after the limit of 2 business days, clocks change on 2026-03-29"),
      "{E1: {p: breached}, owed: EUR 20.00}");
}

TEST(Edges, OfALimitLongerThanAnOpeningFindAClosingAtWhichItIsDue) {
  const Edges edges = edges_of(desk("office", "within: 10h", "{over: 10h, pay: EUR 20.00}"),
                               "2026-03-02T10:00:00+02:00", "");
  EXPECT_EQ(edges.expected("p: exactly at the closing time at which it is due"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p: exactly at the opening after it was due at closing time"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p: 1 ms after the opening after it was due at closing time"),
            "{E1: {p: breached}, owed: EUR 20.00}");
}

TEST(Edges, OfAListOfLimitsHaveAStartForEachEntryOrSayWhyNot) {
  const Edges edges = edges_of(desk("office",
                                    "within: [{when: ticket.segment == \"gold\", within: 5m}, "
                                    "{when: day.class == \"payday\", within: 30m}, {within: 15m}]",
                                    "{over: 15m, pay: EUR 20.00}, {over: 1h, pay: EUR 50.00}"),
                               "2026-03-02T10:00:00+02:00", ", segment: silver");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 15m"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_EQ(edges.expected("p: exactly at the limit of 30m, within[1]"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 30m, within[1]"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_EQ(edges.expected("p: exactly at the closing time at which it is due, within[1]"),
            "{E1: {p: kept}, owed: nothing}");
  EXPECT_THAT(edges.text, HasSubstr("# p: within[0] of 5m is not reached with these defaults: "
                                    "`ticket.segment == \"gold\"`"));
}

TEST(Edges, OfADeadlineMoveItWithTheStart) {
  const std::string book = desk("elapsed", "by: ticket.agreed_at", "{over: 0s, pay: EUR 20.00}");
  for (const char* defaults : {", agreed_at: 2026-03-02T11:00:00+02:00", ""}) {
    const Edges edges = edges_of(book, "2026-03-02T10:00:00+02:00", defaults);
    for (const char* where :
         {"", ", clocks change on 2026-03-29", ", clocks change on 2026-10-25"}) {
      EXPECT_EQ(edges.expected("p: exactly at the limit of 1h" + std::string(where)),
                "{E1: {p: kept}, owed: nothing}");
      EXPECT_EQ(edges.expected("p: 1 ms after the limit of 1h" + std::string(where)),
                "{E1: {p: breached}, owed: EUR 20.00}");
    }
  }
}

TEST(Edges, ThatAreNeverReachedAreNamed) {
  const Edges edges = edges_of(
      desk("elapsed", "within: 15m", "{over: 15m, pay: EUR 20.00}, {over: 5000h, pay: EUR 50.00}"),
      "2026-03-02T10:00:00+02:00", "");
  EXPECT_THAT(edges.text,
              HasSubstr("# p: tiers[1] over 5000h is not reached before the clock is given up"));
  EXPECT_THAT(edges.text, Not(HasSubstr("closing time")));
}

/// The desk's book with one part of its text in place of another.
std::string changed(std::string book, const std::string& from, const std::string& to) {
  const size_t at = book.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? book : book.replace(at, from.size(), to);
}

constexpr const char* kPays15 = "{over: 15m, pay: EUR 20.00}";

TEST(Edges, OfAPromiseThatNoTicketCanReachSayWhyThereAreNone) {
  const std::string plain = desk("elapsed", "within: 15m", kPays15);
  const std::string start = "2026-03-02T10:00:00+02:00";
  const std::string conditional = "[{when: event.segment == \"x\", then: stop}, {else: continue}]";
  for (const std::string& book :
       {changed(plain, "answered: stop", "answered: " + conditional),
        changed(plain, "issued: start",
                "issued: [{when: event.segment == \"x\", then: start}, {else: continue}]")}) {
    const Edges edges = edges_of(book, start, "");
    EXPECT_THAT(edges.text, HasSubstr("# p: no event always starts it, or none always stops it"));
    EXPECT_TRUE(edges.file.tests.empty());
  }
  const Edges edges =
      edges_of(changed(plain, "applies: true", "applies: ticket.segment == \"gold\""), start,
               ", segment: silver");
  EXPECT_THAT(edges.text,
              HasSubstr("# p: does not run on a ticket with these defaults at this start"));
}

TEST(Edges, OfAPromiseThatEndsBeforeTheClocksChangeSaySo) {
  const Edges edges =
      edges_of(changed(desk("elapsed", "within: 15m", kPays15), "  applies: true",
                       "  effective: {from: 2026-01-01, until: 2026-03-15}\n  applies: true"),
               "2026-03-02T10:00:00+02:00", "");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 15m"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_THAT(edges.text,
              HasSubstr("# p: does not run on a ticket that starts at 2026-03-29T00:55:00.000Z, "
                        "clocks change on 2026-03-29"));
}

TEST(Edges, OfAPromiseWithoutMoneyExpectNothingOwed) {
  std::string book = desk("elapsed", "within: 15m", kPays15);
  book.erase(book.find("  compensation:"));
  const Edges edges = edges_of(book, "2026-03-02T10:00:00+02:00", "");
  EXPECT_EQ(edges.expected("p: exactly at the limit of 15m"), "{E1: {p: kept}, owed: nothing}");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 15m"), "{E1: {p: breached}, owed: nothing}");
}

TEST(Edges, OfAnOfficeThatNeverClosesHaveNoClosing) {
  const Edges edges = edges_of(
      changed(desk("office", "within: 15m", kPays15),
              "{mon-fri: [\"09:00-12:00\", \"13:00-16:00\"]}", "{mon-sun: [\"00:00-24:00\"]}"),
      "2026-03-14T10:00:00+02:00", "");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 15m"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_THAT(edges.text, Not(HasSubstr("the closing time at which it is due\"")));
  EXPECT_THAT(edges.text, HasSubstr("# p: is due at no closing time"));
}

TEST(Edges, OfAnEntryBehindOneThatAlwaysHoldsSaySo) {
  const Edges edges = edges_of(desk("elapsed",
                                    "within: [{when: ticket.segment == \"gold\", within: 5m}, "
                                    "{within: 15m}]",
                                    kPays15),
                               "2026-03-02T10:00:00+02:00", ", segment: gold");
  EXPECT_EQ(edges.expected("p: exactly at the limit of 5m"), "{E1: {p: kept}, owed: nothing}");
  EXPECT_THAT(edges.text, HasSubstr("# p: within[1] of 15m is not reached with these defaults: an "
                                    "entry before it holds on every day"));
}

TEST(Edges, TakeTheEventThatServesRatherThanTheOneThatLeaves) {
  const Edges edges =
      edges_of(changed(changed(desk("elapsed", "within: 15m", kPays15), "[issued, answered,",
                               "[issued, left, answered, closed,"),
                       "answered: stop,", "left: stop, answered: stop, closed: stop,"),
               "2026-03-02T10:00:00+02:00", "");
  EXPECT_THAT(edges.text, HasSubstr("events: [E1 issued, E1 answered +15m]"));
  EXPECT_THAT(edges.text, Not(HasSubstr("E1 left")));
  EXPECT_THAT(edges.text, Not(HasSubstr("E1 closed")));
}

TEST(Edges, OfPromisesInTwoCurrenciesExpectNoSumWhereBothAreOwed) {
  std::string book = desk("elapsed", "within: 15m", kPays15);
  const std::string other = book.substr(book.rfind("---"));
  book += changed(changed(changed(other, "{name: p}", "{name: q}"), "within: 15m", "within: 20m"),
                  kPays15, "{over: 20m, pay: SEK 90.00}");
  const Edges edges = edges_of(book, "2026-03-02T10:00:00+02:00", "");
  EXPECT_EQ(edges.expected("p: 1 ms after the limit of 15m"),
            "{E1: {p: breached}, owed: EUR 20.00}");
  EXPECT_EQ(edges.expected("q: 1 ms after the limit of 20m"), "{E1: {q: breached}}");
}

TEST(Edges, NeedATestToStartFromAndABook) {
  const BookSource none = [](const auto&) -> model::Result<model::BookPtr> {
    return model::Error{"no_file", "it is not there", "", {}};
  };
  TestFile file;
  EXPECT_EQ(edge_tests(file, none).error().code, "no_tests");
  file.tests.emplace_back();
  EXPECT_EQ(edge_tests(file, none).error().code, "no_file");
}

}  // namespace
}  // namespace lupaus::rules::scenario
