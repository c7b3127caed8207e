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
  EXPECT_EQ(promise->hold, 24h) << "as nobody says otherwise";
  EXPECT_EQ(promise->on.size(), 14u);
  EXPECT_EQ(promise->on.at("no_show").otherwise, Effect::forfeit);
  EXPECT_EQ(promise->on.at("cancelled").otherwise, Effect::voided);
  ASSERT_EQ(promise->within.size(), 1u);
  EXPECT_EQ(promise->within[0].within.duration, 15min);
  EXPECT_TRUE(promise->is_boundary_inclusive);
  EXPECT_EQ(promise->objective_ppm, 950'000);
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
  EXPECT_NE(
      formatted(
          compile_text(edited(elapsed, "pay: EUR 20.00", "pay: EUR 20.00, every: 25h")).diagnostics)
          .find("a tier that pays every 25h needs longer"),
      std::string::npos);
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

/// The plain sample with one edit and an elapsed clock, as a book.
rules::model::BookPtr elapsed_book(std::string_view from, std::string_view to) {
  return book_of(
      edited(edited(kPlainSample, "measure: branch-hours", "measure: elapsed"), from, to));
}
const rules::model::Promise::Compensation& compensation_of(const rules::model::BookPtr& book) {
  return *book->promises.at(0).compensation;
}

TEST(Book, ReadsADeadlineWithItsOffset) {
  const auto by = [](std::string_view text) {
    return elapsed_book("within: 15m", "by: " + std::string(text))->promises.at(0).by.value();
  };
  EXPECT_EQ(by("ticket.appointment_at").attribute, "appointment_at");
  EXPECT_EQ(by("ticket.appointment_at").offset, 0min);
  EXPECT_EQ(by("ticket.target_at + 1h30m").attribute, "target_at");
  EXPECT_EQ(by("ticket.target_at + 1h30m").offset, 90min);
  EXPECT_EQ(by("ticket.target_at - 10m").offset, -10min);
  EXPECT_TRUE(elapsed_book("within: 15m", "by: ticket.target_at")->promises.at(0).within.empty());
}

TEST(Book, ReadsSharesWithDecimalsInPercent) {
  const auto share = [](std::string_view text) {
    const auto book = elapsed_book("pay: EUR 20.00", "pay: " + std::string(text));
    return std::get<rules::model::Share>(compensation_of(book).tiers.at(1).pay);
  };
  EXPECT_EQ(share("12.5% of ticket.fare"), (rules::model::Share{125'000, "fare", false}));
  EXPECT_EQ(share("200% of final(ticket.fare)"), (rules::model::Share{2'000'000, "fare", true}));
  EXPECT_EQ(share("0.0001% of ticket.fare").parts_per_million, 1);
}

TEST(Book, ReadsAccrualBoundsAndStacking) {
  const auto book = elapsed_book(
      "pay: EUR 20.00}]",
      "pay: EUR 20.00, every: 1h, count: full, measure: branch-hours, at_most: EUR 90.00, "
      "at_least: 5% of ticket.fare}]\n    stack: add\n    at_most: 30% of ticket.fare\n    "
      "at_least: EUR 4.00\n    min_payable: EUR 5.00\n    group: visit");
  const auto& compensation = compensation_of(book);
  const rules::model::Tier& tier = compensation.tiers.at(1);
  EXPECT_EQ(tier.every->duration, 1h);
  EXPECT_EQ(tier.count, rules::model::Tier::Count::full);
  EXPECT_EQ(tier.measure, "branch-hours");
  EXPECT_EQ(rules::model::format_amount(*tier.at_most), "EUR 90.00");
  EXPECT_EQ(rules::model::format_amount(*tier.at_least), "5% of ticket.fare");
  EXPECT_TRUE(compensation.is_stacked);
  EXPECT_EQ(rules::model::format_amount(*compensation.at_most), "30% of ticket.fare");
  EXPECT_EQ(rules::model::format_amount(*compensation.at_least), "EUR 4.00");
  EXPECT_EQ(rules::model::format_money(*compensation.min_payable), "EUR 5.00");
  EXPECT_EQ(compensation.group, "visit");
  EXPECT_EQ(compensation.currency->text(), "EUR");
}

TEST(Book, AccruesByCalendarDayWhereTheTierIsElapsed) {
  const auto book = book_of(edited(kPlainSample, "pay: EUR 20.00",
                                   "pay: EUR 20.00, every: 1 calendar day, measure: elapsed"));
  EXPECT_EQ(compensation_of(book).tiers.at(1).every->unit, Limit::Unit::calendar_days);
}

TEST(Book, ReadsCapsOfEveryKind) {
  const auto book = elapsed_book(
      "[{per: customer/day, max: EUR 20.00, then: record}]",
      "[{per: customer/year, from: 04-01, max: 200% of ticket.fare, then: hold}, {per: ticket, "
      "max: 1 time}]");
  const auto& caps = compensation_of(book).caps;
  EXPECT_EQ(caps.at(0).scope, rules::model::Cap::Scope::customer_year);
  EXPECT_EQ(caps.at(0).then, rules::model::Cap::Then::hold);
  EXPECT_EQ(caps.at(0).from_month, 4);
  EXPECT_EQ(caps.at(0).from_day, 1);
  EXPECT_EQ(rules::model::format_amount(*caps.at(0).max), "200% of ticket.fare");
  EXPECT_FALSE(caps.at(1).max.has_value());
  EXPECT_EQ(caps.at(1).max_times, 1);
}

TEST(Book, SettlesAtTheBreachByOneFlatTier) {
  EXPECT_TRUE(
      compensation_of(elapsed_book(", {over: 30m, pay: EUR 20.00}]", "]\n    settle: breach"))
          .is_settled_at_breach);
  const auto by =
      book_of(edited(edited(edited(kPlainSample, "measure: branch-hours", "measure: elapsed"),
                            "within: 15m", "by: ticket.target_at"),
                     "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]",
                     "[{over: 0s, pay: EUR 10.00}]\n    settle: breach"));
  EXPECT_TRUE(compensation_of(by).is_settled_at_breach);
}

TEST(Book, HasNoCurrencyWhereOnlySharesArePaid) {
  const auto book = elapsed_book(
      "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]\n    caps: [{per: customer/day, "
      "max: EUR 20.00, then: record}]",
      "[{over: 15m, pay: 25% of ticket.fare}]");
  EXPECT_FALSE(compensation_of(book).currency.has_value());
}

TEST(Book, ReadsHowTheMoneyGoesOutAndWhatExcusesIt) {
  const auto book = book_of(
      edited(kFullSample, "due: 5 business days", "due: 5 business days\n    late: EUR 10.00"));
  const auto& promise = book->promises.at(0);
  const auto& compensation = *promise.compensation;
  EXPECT_EQ(rules::model::format_limit(*compensation.due), "5 business days");
  EXPECT_EQ(rules::model::format_money(*compensation.late), "EUR 10.00");
  EXPECT_EQ(rules::model::format_money(*compensation.approval_over), "EUR 50.00");
  EXPECT_EQ(compensation.approvers, 2);
  ASSERT_EQ(promise.excuses.size(), 2u);
  EXPECT_EQ(promise.excuses[0].id, "evacuation");
  EXPECT_EQ(promise.excuses[0].when->text(), "branch.alarm == true");
  EXPECT_EQ(promise.excuses[0].wording.size(), 3u);
  EXPECT_EQ(promise.excuses[1].when, nullptr);
  EXPECT_EQ(promise.excuses[1].approvers, 2);
  EXPECT_EQ(promise.excuses[1].max_share_ppm, 10'000);
}

TEST(Book, ReadsSuspensions) {
  const auto book = elapsed_book(
      "  target:",
      "  suspensions: [{from: 2026-03-23, until: 2026-06-05, when: branch.region == \"uusimaa\", "
      "reason: strike}]\n  target:");
  const auto& suspension = book->promises.at(0).suspensions.at(0);
  EXPECT_EQ(rules::model::format_local_date(suspension.from), "2026-03-23");
  EXPECT_EQ(rules::model::format_local_date(suspension.until), "2026-06-05");
  EXPECT_EQ(suspension.when->text(), "branch.region == \"uusimaa\"");
  EXPECT_EQ(suspension.reason, "strike");
}

TEST(Book, ReadsClassesByWeekday) {
  const auto book = book_of(edited(kPlainSample, "sat: [\"10:00-14:00\"]",
                                   "sat: {hours: [\"10:00-14:00\"], class: weekend}"));
  EXPECT_EQ(book->find_calendar("branch-hours")->week[5].day_class, "weekend");
  EXPECT_EQ(book->find_calendar("branch-hours")->week[5].intervals.size(), 1u);
}

TEST(Book, ReadsHowMoneyIsAskedForAndInWhoseDays) {
  const auto terms = [](std::string_view clause) {
    const auto book =
        book_of(edited(kPlainSample, "    caps:", "    " + std::string(clause) + "\n    caps:"));
    return *book->promises.front().compensation;
  };
  const auto claim = terms("claim: {required: true, on: recalled, within: 28 calendar days}").claim;
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->on, "recalled");
  EXPECT_EQ(rules::model::format_limit(claim->within), "28 calendar days");
  EXPECT_TRUE(terms("claim: {on: recalled, within: 28h}").claim);
  EXPECT_FALSE(terms("claim: {required: false, on: recalled, within: 28h}").claim);
  EXPECT_FALSE(terms("nature: damages").claim) << "nobody has to ask";
  const auto due = terms("due: {within: 5 business days, days: target}");
  EXPECT_EQ(rules::model::format_limit(*due.due), "5 business days");
  EXPECT_EQ(due.due_days, "target");
  EXPECT_EQ(terms("due: {within: 48h, days: branch}").due_days, "");
  EXPECT_EQ(terms("due: 48h").due_days, "");
  EXPECT_EQ(rules::model::format_limit(*terms("voucher_valid: 90 calendar days").voucher_valid),
            "90 calendar days");
}

TEST(Unsupported, ListsWhatAServerDoesNotObeyYetWithItsLine) {
  const auto book = elapsed_book(
      "    caps:", "    instrument: apology\n    due: 24h\n    late: EUR 5.00\n    caps:");
  const std::string list = formatted(unsupported(*book));
  EXPECT_NE(list.find(": error P090: compensation.late with `instrument: apology`"),
            std::string::npos)
      << list;
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 2);  // one clause with its hint
  EXPECT_TRUE(unsupported(*book, rules::language::Judge::backtest).empty());
  EXPECT_TRUE(unsupported(*book_of(kFullSample)).empty());
}

TEST(Unsupported, IsOnlyWhatNeedsAServer) {
  const auto book_with = [](std::string_view clause) {
    return elapsed_book("    caps:", "    " + std::string(clause) + "\n    caps:");
  };
  for (std::string_view clause : {"instrument: apology\n    due: 24h\n    late: EUR 5.00"}) {
    const auto book = book_with(clause);
    EXPECT_EQ(unsupported(*book).size(), 1u) << clause;
    EXPECT_TRUE(unsupported(*book, rules::language::Judge::backtest).empty()) << clause;
  }
  for (std::string_view clause :
       {"due: 24h", "instrument: apology", "approval: {over: EUR 50.00, approvers: 2}",
        "instrument: transfer\n    due: 5 business days",
        "instrument: webhook\n    due: 24h\n    late: EUR 5.00",
        "instrument: transfer\n    due: 24h\n    late: EUR 5.00"}) {
    EXPECT_TRUE(unsupported(*book_with(clause)).empty()) << clause;
  }
  EXPECT_TRUE(unsupported(*book_of(kPlainSample)).empty());
}

}  // namespace
}  // namespace lupaus::tests
