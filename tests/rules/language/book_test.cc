// What a good book reads as, and which of its clauses are listed as not supported yet.
#include <gtest/gtest.h>

#include "rules/language/compile.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Severity;
using rules::language::unsupported;
using rules::model::Effect;
using rules::model::Limit;
using namespace std::chrono_literals;

/// The book of a text that must compile.
rules::model::BookPtr book_of(std::string_view text) {
  auto compiled = compile_text(text);
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  // An empty book lets the test fail on, rather than crash.
  return compiled.book ? compiled.book : std::make_shared<const rules::model::Book>();
}

std::string unsupported_in(std::string_view text) {
  const auto book = book_of(text);
  return book ? formatted(unsupported(*book)) : "";
}

TEST(Book, AcceptsTheWholeSampleWithoutAnError) {
  const auto compiled = compile_text(kFullSample);
  ASSERT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics);
  ASSERT_EQ(compiled.diagnostics.size(), 1u) << formatted(compiled.diagnostics);
  EXPECT_EQ(compiled.diagnostics[0].severity, Severity::warning);  // left: stop
  EXPECT_EQ(compiled.diagnostics[0].error.code, "P061");
}

TEST(Book, ReadsEveryClauseOfThePromise) {
  const auto book = book_of(kFullSample);
  const auto* promise = book->find_promise("served-in-15");
  ASSERT_NE(promise, nullptr);
  EXPECT_EQ(promise->owner, "branch-services@bank.example");
  EXPECT_EQ(promise->wording.size(), 3u);
  EXPECT_EQ(rules::model::format_local_date(*promise->until), "2026-12-31");
  EXPECT_EQ(promise->measure, "branch-hours");
  EXPECT_EQ(promise->expire_after, 24h);
  EXPECT_EQ(promise->on.size(), 14u);
  EXPECT_EQ(promise->on.at("no_show").otherwise, Effect::forfeit);
  EXPECT_EQ(promise->on.at("cancelled").otherwise, Effect::voided);
  ASSERT_EQ(promise->within.size(), 1u);
  EXPECT_EQ(promise->within[0].within.duration, 15min);
  EXPECT_TRUE(promise->is_boundary_inclusive);
  EXPECT_EQ(promise->objective, "95%");
  EXPECT_EQ(promise->warn, (std::vector<rules::model::Duration>{5min, 2min}));
  ASSERT_TRUE(promise->compensation.has_value());
  ASSERT_EQ(promise->compensation->tiers.size(), 2u);
  EXPECT_EQ(rules::model::format_amount(promise->compensation->tiers[1].pay), "EUR 20.00");
  EXPECT_EQ(promise->compensation->tiers[1].span.line, 24u);
  EXPECT_EQ(promise->compensation->caps.size(), 2u);
  EXPECT_EQ(promise->compensation->caps[0].span.line, 25u);
}

TEST(Book, CarriesCalendarsBranchesAndTheZonesTheyName) {
  const auto book = book_of(kFullSample);
  const auto* calendar = book->find_calendar("branch-hours");
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(calendar->week[4].intervals, (std::vector<rules::model::DayInterval>{{540, 990}}));
  EXPECT_TRUE(calendar->week[6].intervals.empty());
  ASSERT_EQ(calendar->exceptions.size(), 2u);
  EXPECT_EQ(calendar->exceptions[0].day_class, "payday");
  EXPECT_FALSE(calendar->exceptions[0].hours.has_value());
  EXPECT_TRUE(calendar->exceptions[1].hours->empty());
  const auto* branch = book->find_branch("helsinki-1");
  ASSERT_NE(branch, nullptr);
  ASSERT_EQ(branch->sources.size(), 2u);
  EXPECT_EQ(branch->sources[0].reports, std::vector<std::string>{"issued"});
  EXPECT_TRUE(branch->sources[1].reports.empty());
  ASSERT_EQ(book->zones.size(), 1u);
  EXPECT_EQ(book->zones[0].name, "Europe/Helsinki");
  EXPECT_FALSE(book->tz_version.empty());
}

TEST(Book, TakesItsZonesFromThoseItWasPublishedWith) {
  const rules::model::SourceFile file{"p.yaml", std::string(kPlainSample)};
  const rules::model::ZoneTable fixed{"Europe/Helsinki", 7200, {}};
  const auto compiled = rules::language::compile({&file, 1}, {{&fixed, 1}, "2020a"});
  ASSERT_NE(compiled.book, nullptr);
  EXPECT_EQ(compiled.book->zones.at(0), fixed);
  EXPECT_EQ(compiled.book->tz_version, "2020a");
}

TEST(Book, ReadsConditionalLinesInBothForms) {
  const auto book = book_of(edited(
      kPlainSample, "transferred: continue",
      R"(transferred: [{when: event.to_service == "loan", then: restart}, {when: 'ticket.priority > 5', then: stop, else: continue}])"));
  const auto& line = book->promises.at(0).on.at("transferred");
  ASSERT_EQ(line.cases.size(), 2u);
  EXPECT_EQ(line.cases[0].then, Effect::restart);
  EXPECT_EQ(line.cases[1].then, Effect::stop);
  EXPECT_EQ(line.otherwise, Effect::proceed);
  const auto plain = book_of(edited(kPlainSample, "transferred: continue",
                                    "transferred: {when: 'true', then: restart, else: void}"));
  EXPECT_EQ(plain->promises.at(0).on.at("transferred").otherwise, Effect::voided);
}

TEST(Book, ReadsLimitsAsListsAndDays) {
  const auto book = book_of(
      edited(kPlainSample, "within: 15m",
             R"(within: [{when: day.class == "payday", within: 2 business days}, {within: 15m}])"));
  const auto& within = book->promises.at(0).within;
  ASSERT_EQ(within.size(), 2u);
  EXPECT_EQ(within[0].within.unit, Limit::Unit::business_days);
  EXPECT_EQ(within[0].within.days, 2);
  EXPECT_EQ(within[1].when, nullptr);
  EXPECT_TRUE(unsupported(*book).empty());
}

TEST(Book, ReadsScalarsAlikeHoweverTheyAreQuoted) {
  const auto plain = book_of(kPlainSample);
  const auto quoted = book_of(edited(edited(kPlainSample, "within: 15m", "within: \"15m\""),
                                     "on: {issued", "'on': {issued"));
  EXPECT_EQ(plain->promises.at(0).digest, quoted->promises.at(0).digest);
}

TEST(Book, NeedsAnExpiryOnlyWhereTheDefaultMayBeTooShort) {
  const std::string elapsed = edited(edited(kPlainSample, "    expire_after: 24h\n", ""),
                                     "measure: branch-hours", "measure: elapsed");
  EXPECT_NE(compile_text(elapsed).book, nullptr);
  const auto refused = [&](std::string_view from, std::string_view to) {
    return formatted(compile_text(edited(elapsed, from, to)).diagnostics).find("P025") !=
           std::string::npos;
  };
  EXPECT_TRUE(refused("over: 30m", "over: 48h"));
  EXPECT_TRUE(refused("within: 15m", "within: 24h"));
  EXPECT_FALSE(refused("within: 15m", "within: 23h"));
  EXPECT_TRUE(refused("within: 15m", "within: 1 calendar day"));
  EXPECT_FALSE(refused("within: 15m", "within: 23h, boundary: exclusive"));
  const std::string calendar = edited(kPlainSample, "    expire_after: 24h\n", "");
  EXPECT_NE(compile_text(edited(calendar, "expired: review", "expired: continue")).book, nullptr);
}

TEST(Book, MapsTheEventsOfAVocabularyOfItsOwn) {
  const std::string text = R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: complaints}
spec:
  events: [received, answered, expired]
  attributes: {severity: int}
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: answered-soon}
spec:
  vocabulary: complaints
  wording: {en: Answered soon.}
  applies: ticket.severity > 2
  clock: {measure: elapsed, expire_after: 2000h, on: {received: start, answered: stop, expired: review}, on_silence: review}
  target: {within: 72h}
)";
  const auto book = book_of(text);
  EXPECT_EQ(book->promises.at(0).vocabulary, "complaints");
  EXPECT_EQ(book->promises.at(0).on.size(), 3u);
  EXPECT_NE(book->find_vocabulary("queue"), nullptr);
  EXPECT_EQ(compile_text(edited(text, ", expired]", "]")).book, nullptr);
}

TEST(Book, SkipsPromiseTestsAndEmptyDocuments) {
  const auto book = book_of(std::string(kPlainSample) +
                            "---\napiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [x]\n---\n");
  EXPECT_EQ(book->promises.size(), 1u);
}

TEST(Unsupported, ListsEachClauseOfTheSampleWithItsLine) {
  EXPECT_EQ(unsupported_in(kPlainSample), "");
  const std::string list = unsupported_in(kFullSample);
  for (std::string_view line :
       {"p.yaml:25:109: error P090: a cap with `then: hold`",
        "p.yaml:28:10: error P090: compensation.due",
        "p.yaml:29:15: error P090: compensation.approval", "p.yaml:31:5: error P090: excuses"}) {
    EXPECT_NE(list.find(line), std::string::npos) << line << "\nin\n" << list;
  }
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 8);  // four clauses, each with its hint
}

struct Clause {
  std::string_view from, to, what;
};

TEST(Unsupported, NamesEveryClauseThatIsReadButNotJudged) {
  const std::string elapsed = edited(kPlainSample, "measure: branch-hours", "measure: elapsed");
  const Clause clauses[] = {
      {"within: 15m", "by: ticket.appointment_at + 10m", "target.by"},
      {"pay: EUR 20.00", "pay: 12.5% of ticket.fare", "pays a share"},
      {"pay: EUR 20.00", "pay: 12.5% of final(ticket.fare)", "pays a share"},
      {"pay: EUR 20.00", "pay: EUR 20.00, every: 1h, count: full, measure: elapsed", "accrues"},
      {"pay: EUR 20.00", "pay: EUR 20.00, at_most: EUR 30.00", "a tier's at_most"},
      {"    caps:", "    stack: add\n    caps:", "stack: add"},
      {"    caps:", "    group: visit\n    caps:", "compensation.group"},
      {"    caps:", "    min_payable: EUR 4.00\n    caps:", "compensation.min_payable"},
      {"    caps:", "    late: EUR 10.00\n    caps:", "compensation.late"},
      {"    caps:", "    at_most: 30% of ticket.fare\n    caps:", "compensation.at_most"},
      {"    caps:", "    instrument: apology\n    caps:", "instrument: apology"},
      {"max: EUR 20.00", "max: 200% of ticket.fare", "a cap that is a share"},
      {"per: customer/day, max: EUR 20.00", "per: customer/year, from: 04-01, max: 1 time",
       "`from`"},
      {"  target:",
       "  suspensions: [{from: 2026-03-23, until: 2026-06-05, when: branch.region == \"uusimaa\", "
       "reason: x}]\n  target:",
       "suspensions"},
      {", {over: 30m, pay: EUR 20.00}]", "]\n    settle: breach", "settle: breach"},
  };
  for (const Clause& clause : clauses) {
    const std::string list = unsupported_in(edited(elapsed, clause.from, clause.to));
    EXPECT_NE(list.find(clause.what), std::string::npos) << clause.what << "\nin\n" << list;
    EXPECT_NE(list.find("not supported yet"), std::string::npos) << clause.what;
  }
}

TEST(Unsupported, LeavesOutTheCapsThatAreJudged) {
  for (std::string_view cap :
       {"{per: ticket, max: EUR 20.00}", "{per: customer/month, max: 3 times, then: record}",
        "{per: customer/year, max: 1 time}", "{per: promise/day, max: EUR 500.00}",
        "{per: promise/month, max: EUR 500.00}"}) {
    const std::string text =
        edited(kPlainSample, "{per: customer/day, max: EUR 20.00, then: record}", cap);
    EXPECT_EQ(unsupported_in(text), "") << cap;
  }
}

}  // namespace
}  // namespace lupaus::tests
