// Each way in which a run can differ from what a promise test expects, and how it is told.
#include <gmock/gmock.h>

#include "rules/scenario/promise_test.h"
#include "tests/rules/scenario/sample.h"

namespace lupaus::rules::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

model::Result<model::BookPtr> sample_book(const std::vector<std::string>&) {
  return compile_book(kSampleBook);
}

/// The one test of these keys, run; a file that is not taken fails with its error.
TestResult run(const std::string& keys, const BookSource& books = sample_book) {
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml]\n"
      "start: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b, customer: c-1, segment: normal}\n"
      "tests:\n  - {name: x, " +
          keys + "}\n");
  if (!parsed) return {false, {model::format_error(parsed.error())}, ""};
  return run_test(parsed->front(), parsed->front().tests.front(), books);
}

const std::string kLate = "events: [A1 issued, A1 service_started +16m], ";

struct Difference {
  std::string keys;
  const char* says;  ///< "" when it passes
};

void expect_told(const std::vector<Difference>& cases, const BookSource& books = sample_book) {
  for (const Difference& difference : cases) {
    const auto result = run(difference.keys, books);
    if (*difference.says == '\0') {
      EXPECT_THAT(result.failures, IsEmpty()) << difference.keys;
    } else {
      EXPECT_THAT(result.failures, ElementsAre(HasSubstr(difference.says))) << difference.keys;
    }
  }
}

TEST(PromiseTestTold, EachPartOfAnExpectationIsComparedAndToldByItsName) {
  expect_told({
      {kLate + "expect: {A1: {counted: 16m}}", ""},
      {kLate + "expect: {A1: {counted: 15m}}",
       "A1, p15 counted at the end\n    expected  15m\n    found     16m"},
      {kLate + "expect: {A1: {due: +15m}}", ""},
      {kLate + "expect: {A1: {due: -15m}}",
       "A1, p15 due at the end\n    expected  -15m\n    found     +15m"},
      {kLate + "expect: {A1: {stopped_at: +16m}}", ""},
      {kLate + "expect: {A1: {stopped_at: +17m}}",
       "A1, p15 stopped_at at the end\n    expected  +17m\n    found     +16m"},
      {"events: [A1 issued], at: {+1m: {A1: {stopped_at: +1m}}}",
       "A1, p15 stopped_at at +1m\n    expected  +1m\n    found     never"},
      {kLate + "expect: {A1: {breached_at: +15m}}", ""},
      {kLate + "expect: {A1: {breached_at: +16m}}",
       "A1, p15 breached_at at the end\n    expected  +16m\n    found     +15m"},
      {"events: [A1 issued], at: {+15m: {A1: {breached_at: +15m}}}",
       "A1, p15 breached_at at +15m\n    expected  +15m\n    found     never"},
      {kLate + "expect: {A1: {detected_at: +15m0.001s}}", ""},
      {kLate + "expect: {A1: {detected_at: +15m}}",
       "A1, p15 detected_at at the end\n    expected  +15m\n    found     +15m0.001s"},
      {"events: [A1 issued, A1 service_started +15m], expect: {A1: {detected_at: +15m}}",
       "A1, p15 detected_at at the end\n    expected  +15m\n    found     never"},
      {kLate + "expect: {A1: {paid_state: owed}}", ""},
      {kLate + "expect: {A1: {paid_state: paid}}",
       "A1, p15 paid_state at the end\n    expected  paid\n    found     owed"},
      {"events: [A1 issued, A1 service_started +15m], expect: {A1: {paid_state: owed}}",
       "A1, p15 paid_state at the end\n    expected  owed\n    found     none"},
      {"events: [A1 issued, A1 service_started +15m], expect: {A1: {paid_state: none}}", ""},
  });
}

TEST(PromiseTestTold, WhatStandsBeforeTheStartIsWrittenWithAMinus) {
  expect_told({{"events: [A1 issued -20m], at: {-6m: {A1: kept}}",
                "A1, p15 at -6m\n    expected  kept\n    found     open (counted 14m of 15m)"},
               {"events: [A1 issued -20m], at: {-4m: {A1: breached}}", ""}});
}

TEST(PromiseTestTold, OwedIsComparedWithTheSumOfThoseNamed) {
  expect_told({
      {kLate + "expect: {A1: breached, owed: nothing}",
       "owed at the end\n    expected  nothing\n    found     EUR 10.00"},
      {"events: [A1 issued, A1 service_started +1m], expect: {A1: kept, owed: nothing}", ""},
      {"events: [A1 issued, A1 service_started +1m], expect: {A1: kept, owed: EUR 0.00}", ""},
      {"events: [A1 issued, A1 service_started +1m], expect: {A1: kept, owed: EUR 10.00}",
       "owed at the end\n    expected  EUR 10.00\n    found     nothing"},
      {kLate + "expect: {A1: breached, owed: SEK 10.00}",
       "owed at the end\n    expected  SEK 10.00\n    found     EUR 10.00"},
      // The cap of EUR 15.00 a day leaves the second ticket half of its sum.
      {"events: [A1 issued, A2 issued, A1 service_started +16m, A2 service_started +17m], "
       "expect: {A1: breached, A2: breached, owed: EUR 15.00}",
       ""},
  });
}

TEST(PromiseTestTold, TheStoryOfATicketWhoseSumDiffersIsShown) {
  const auto result =
      run("events: [A1 issued, A2 issued, A1 service_started +16m, A2 service_started +1m], "
          "expect: {A1: breached, owed: EUR 20.00}");
  EXPECT_THAT(result.trace, HasSubstr("p15, b, A1, 2026-01-05"));
  EXPECT_THAT(result.trace, Not(HasSubstr("p15, b, A2")));
}

/// Two promises on one ticket; the second pays in another currency when asked to.
std::string twice(const std::string& pay) {
  std::string second = kSampleBook;
  second.erase(second.find("---"));
  second.replace(second.find("p15"), 3, "p20");
  for (size_t at = second.find("15m"); at != std::string::npos; at = second.find("15m", at))
    second.replace(at, 3, "20m");
  second.erase(second.find("    caps:"), second.find("    instrument:") - second.find("    caps:"));
  const std::string from = "EUR";
  for (size_t at = second.find(from); at != std::string::npos; at = second.find(from, at + 3))
    second.replace(at, 3, pay);
  return std::string(kSampleBook) + "---\n" + second;
}

TEST(PromiseTestTold, APromiseIsMeantByItsName) {
  const auto book = compile_book(twice("EUR"));
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  expect_told(
      {
          {kLate + "expect: {A1: {p15: breached, p20: kept}}", ""},
          {kLate + "expect: {A1: {p15: breached, p20: breached}}",
           "A1, p20 at the end\n    expected  breached\n    found     kept (counted 16m of 20m)"},
          {kLate + "expect: {A1: breached}", "A1, p20 at the end\n    expected  breached"},
          {"events: [A1 called], expect: {A1: {p20: kept}}",
           "A1, p20 at the end\n    expected  kept\n    found     none (no promise runs on it)"},
          {"events: [A1 called], expect: {A1: {p20: {counted: 1m}}}",
           "A1, p20 at the end\n    expected  a clock\n    found     none (no promise runs on it)"},
          {"events: [A1 called], expect: {A1: {p20: none}}", ""},
          {kLate + "expect: {A1: {p30: none}}",
           "expected a promise of the book, but `p30` is none\n    did you mean \"p20\"?"},
          {kLate + "expect: {A1: {p30: {}}}", "expected a promise of the book, but `p30` is none"},
          {kLate + "expect: {A9: {p15: kept}}",
           "A9, p15 at the end\n    expected  kept\n    found     no such ticket"},
      },
      books);
}

TEST(PromiseTestTold, SumsOfSeveralCurrenciesAreNeverAdded) {
  const auto book = compile_book(twice("SEK"));
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  expect_told({{"events: [A1 issued, A1 service_started +21m], expect: {A1: breached, owed: EUR "
                "10.00}",
                "owed at the end\n    expected  EUR 10.00\n    found     sums in several "
                "currencies"},
               {kLate + "expect: {A1: {p15: breached, p20: kept}, owed: EUR 10.00}", ""}},
              books);
}

TEST(PromiseTestTold, ACycleIsMeantByItsNumberAndTheLastByNone) {
  const std::string twice_issued =
      "events: [A1 issued, A1 service_started +16m, A1 issued +20m, A1 service_started +21m], ";
  expect_told({
      {twice_issued + "expect: {A1: kept}", ""},
      {twice_issued + "expect: {A1: {is: breached, cycle: 1}}", ""},
      {twice_issued + "expect: {A1: {is: kept, cycle: 1}}",
       "expected  kept\n    found     breached (counted 16m of 15m)"},
      {twice_issued + "expect: {A1: {is: kept, cycle: 2}}", ""},
      {twice_issued + "expect: {A1: {is: kept, cycle: 3}}", "none (no promise runs on it)"},
      {twice_issued + "expect: {A1: {is: none, cycle: 3}}", ""},
  });
}

TEST(PromiseTestTold, WhatIsSeenBeforeTheEndIsOpenAtRiskOrBreached) {
  std::string warned = kSampleBook;
  warned.insert(warned.find("  target:"), "  warn: [{left: 10m}]\n");
  const model::SourceFile file{"p15.yaml", warned};
  const auto compiled = language::compile({&file, 1});
  std::string why;
  for (const auto& d : compiled.diagnostics) why += language::format_diagnostic(d) + "\n";
  ASSERT_NE(compiled.book, nullptr) << why;
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> {
    return compiled.book;
  };
  expect_told({{"events: [A1 issued], at: {+4m: {A1: open}, +5m: {A1: at_risk}, +15m0.001s: {A1: "
                "breached}}",
                ""},
               {"events: [A1 issued], at: {+5m: {A1: open}}",
                "A1, p15 at +5m\n    expected  open\n    found     at_risk (counted 5m of 15m)"},
               {"events: [A1 issued, A1 cancelled +1m], at: {+2m: {A1: void}}", ""}},
              books);
}

TEST(PromiseTestTold, ABookThatIsNotThereFailsTheTestAtOnceOrWhenItIsPublished) {
  const BookSource none = [](const auto& files) -> model::Result<model::BookPtr> {
    return model::Error{
        "no_file", "expected the file `" + files.front() + "`, but it is not there", "", {}};
  };
  const auto result = run(kLate + "expect: {A1: breached}", none);
  EXPECT_FALSE(result.has_passed);
  EXPECT_THAT(result.failures, ElementsAre(HasSubstr("expected the file `p15.yaml`, but it")));
  EXPECT_EQ(result.trace, "");
  const BookSource first = [&](const auto& files) -> model::Result<model::BookPtr> {
    return files.front() == "p15.yaml" ? sample_book(files) : none(files);
  };
  EXPECT_THAT(run(kLate + "publish: {+5m: [q.yaml]}, expect: {A1: breached}", first).failures,
              ElementsAre(HasSubstr("expected the file `q.yaml`, but it is not there")));
}

TEST(PromiseTestTold, BooksTakeEffectInTheOrderOfTime) {
  std::map<std::string, model::BookPtr> known;
  for (const auto& [name, limit] : {std::pair("ten", "10m"), std::pair("five", "5m")}) {
    std::string text = kSampleBook;
    for (size_t at = text.find("15m"); at != std::string::npos; at = text.find("15m"))
      text.replace(at, 3, limit);
    known[name] = compile_book(text);
  }
  known["p15.yaml"] = compile_book(kSampleBook);
  const BookSource books = [&](const auto& files) -> model::Result<model::BookPtr> {
    return known.at(files.front());
  };
  expect_told({{"publish: {+2h: [five], +1h: [ten]}, events: [A1 issued +59m, A1 service_started "
                "+71m, A2 issued +61m, A2 service_started +69m, A3 issued +121m, A3 "
                "service_started +130m], expect: {A1: {is: kept, due: +74m}, A2: {is: kept, due: "
                "+71m}, A3: {is: breached, due: +126m}}",
                ""}},
              books);
}

TEST(PromiseTestTold, AnEventGoesToTheSourceThatMayReportIt) {
  std::string text = kSampleBook;
  text.replace(text.find("spec: {timezone: Europe/Helsinki}"), 33,
               "spec:\n  timezone: Europe/Helsinki\n  sources: [{id: kiosk, reports: [issued]}, "
               "{id: desk, reports: [service_started]}]");
  const auto book = compile_book(text);
  ASSERT_NE(book, nullptr);
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p15.yaml]\n"
      "start: 2026-01-05T09:00:00+02:00\ndefaults: {branch: b, segment: normal}\n"
      "tests:\n  - {name: x, events: [A1 issued, A1 service_started +2m, A1 service_ended +3m], "
      "expect: {A1: kept}}\n");
  ASSERT_TRUE(parsed.ok());
  std::vector<std::pair<std::string, std::string>> sent;
  run_test(
      parsed->front(), parsed->front().tests.front(),
      [&](const auto&) -> model::Result<model::BookPtr> { return book; },
      [&](const auto&, const model::Facts& facts) {
        for (const auto& fact : facts) {
          if (const auto* observed = std::get_if<model::Observed>(&fact.body))
            sent.emplace_back(observed->event.source, observed->event.type);
          if (const auto* rejected = std::get_if<model::Rejected>(&fact.body))
            sent.emplace_back(rejected->event.source, "no " + std::string(rejected->event.type));
        }
      });
  EXPECT_THAT(
      sent, ElementsAre(testing::Pair("kiosk", "issued"), testing::Pair("desk", "service_started"),
                        testing::Pair("kiosk", HasSubstr("service_ended"))));
}

}  // namespace
}  // namespace lupaus::rules::scenario
