// The rarer lines of a ticket's story: why a clock did not start, what was counted by a calendar
// with many exceptions, excuses that did not hold, and money that is held, late or in two
// currencies.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/ledger/step.h"
#include "rules/scenario/test_run.h"
#include "rules/scenario/trace.h"
#include "tests/rules/scenario/sample.h"
#include "tests/support/rules_world.h"

namespace lupaus::rules::scenario {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// What differs between the books of these tests: lines of YAML in their places.
struct Desk {
  std::string hours = R"({mon-fri: ["08:00-16:00"]})";
  std::string exceptions = "[]";
  std::string branch = "hours: office";
  std::string applies = "true";
  std::string measure = "elapsed";
  std::string changed = "";  ///< lines of `on` besides the usual ones
  std::string target = "within: 15m";
  std::string rest =
      "  compensation: {tiers: [{over: 15m, pay: EUR 10.00}], instrument: voucher}\n";
};

std::string promise_text(const std::string& name, const Desk& desk) {
  return "---\napiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: " + name +
         "}\nspec:\n  vocabulary: desk\n  wording: {en: In time.}\n  applies: " + desk.applies +
         "\n  clock:\n    measure: " + desk.measure +
         "\n    expire_after: 4000h\n    on: {issued: start, away: pause, back: resume, answered: "
         "stop, moved: restart, left: forfeit, asked: review, expired: review}\n    on_silence: "
         "review\n  target: {" +
         desk.target + "}\n" + desk.rest;
}

std::string book_text(const Desk& desk) {
  return R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: desk}
spec:
  events: [issued, away, back, answered, moved, left, asked, expired]
  branch_events: [branch_closed, branch_opened, alarm_raised]
  attributes: {customer: {type: string, personal: true}, fare: money, segment: string}
  branch_attributes: {alarm: bool, region: string}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Helsinki, hours: )" +
         desk.hours + ", exceptions: " + desk.exceptions + R"(}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, )" +
         desk.branch + "}\n" + promise_text("p", desk);
}

/// What is told of A1 after these keys of a test, with the books by their names.
std::string told_by(const std::map<std::string, std::string>& texts, const std::string& keys,
                    model::Duration later = {}) {
  std::map<std::string, model::BookPtr> known;
  for (const auto& [name, text] : texts) known[name] = compile_book(text);
  const BookSource books = [&](const auto& files) -> model::Result<model::BookPtr> {
    return known.at(files.front());
  };
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p]\nstart: 2026-01-05T09:00:00+02:00\n"
      "defaults: {branch: b, customer: c-1}\ntests:\n  - {name: x, " +
          keys + ", expect: {A1: {}}}\n");
  if (!parsed) return model::format_error(parsed.error());
  if (known.at("p") == nullptr) return "no book";
  TestRun run(parsed->front().tests.front(), known.at("p"), books);
  run.finish();
  if (later != model::Duration{}) run.advance(run.now() + later);
  std::string text;
  for (const auto& complaint : run.complaints()) text += complaint + "\n";
  const auto slot = run.state().engine.find_ticket("b", "A1");
  return slot ? text + explain(run.state(), *slot, run.now()) : text + "no ticket\n";
}

std::string told(const Desk& desk, const std::string& events) {
  return told_by({{"p", book_text(desk)}}, "events: [" + events + "]");
}

Desk with(std::string Desk::*part, std::string text) {
  Desk desk;
  desk.*part = std::move(text);
  return desk;
}

TEST(TraceAbsence, SaysWhenAPromiseIsNotInEffect) {
  Desk desk = with(&Desk::applies, "true\n  effective: {from: 2026-02-01, until: 2026-03-31}");
  EXPECT_THAT(told(desk, "A1 issued"),
              HasSubstr("  does not run: it takes effect on 2026-02-01, p15.yaml:"));
  desk.applies = "true\n  effective: {from: 2025-01-01, until: 2025-12-31}";
  EXPECT_THAT(told(desk, "A1 issued"),
              HasSubstr("  does not run: it ended with 2025-12-31, p15.yaml:"));
  desk.applies = "true\n  effective: {from: 2026-01-01, until: 2026-01-05}";
  EXPECT_THAT(told(desk, "A1 issued, A1 answered +1m"),
              HasSubstr("  in effect from 2026-01-01 until 2026-01-05, p15.yaml:"));
}

/// A file like that is refused; a book that was published before that rule may still say it.
TEST(TraceAbsence, SaysThatTheBranchHasNoHours) {
  tests::PromiseForm form;
  form.measure = "branch";
  auto book = std::make_shared<model::Book>(*tests::make_book({form}));
  book->branches[0].hours.clear();
  tests::World world(book);
  tests::OwnedEvent issued;
  issued.ticket = "A1";
  issued.type = "issued";
  issued.at = tests::World::at({});
  world.observe(issued, issued.at);
  const auto slot = world.state().engine.find_ticket("b", "A1");
  ASSERT_TRUE(slot);
  EXPECT_THAT(explain(world.state(), *slot, issued.at),
              HasSubstr("does not run: its clock follows the hours of the branch, and b declares "
                        "none"));
}

TEST(TraceAbsence, SaysThatTheBookOfThatTimeHasNoSuchBranch) {
  std::string before = book_text({});
  before.replace(before.find("metadata: {name: b}"), 19, "metadata: {name: a}");
  EXPECT_THAT(told_by({{"p", before}, {"later", book_text({})}},
                      "publish: {+1h: [later]}, events: [A1 issued arrives +2h]"),
              HasSubstr("does not run: the book in force then has no branch b"));
}

TEST(TraceAbsence, SaysThatAPromiseWasNotPublishedYet) {
  Desk other;
  other.target = "within: 30m";
  other.rest = "";
  EXPECT_THAT(told_by({{"p", book_text({})}, {"later", book_text({}) + promise_text("q", other)}},
                      "publish: {+1h: [later]}, events: [A1 issued, A1 answered +5m]"),
              HasSubstr("q, b, A1, 2026-01-05\n  does not run: it was not published yet, or "
                        "retired, when the clock would start\n"));
}

TEST(TraceAbsence, SaysThatAConditionCannotBeAnswered) {
  EXPECT_THAT(
      told(with(&Desk::applies, "ticket.segment == \"gold\" && branch.id == \"b\""), "A1 issued"),
      HasSubstr("`ticket.segment == \"gold\" && branch.id == \"b\"` cannot be answered, which "
                "counts as false, at 09:00:00.000 with no segment, branch.id = \"b\", p15.yaml:"));
  EXPECT_THAT(told(with(&Desk::applies, "branch.region == 'branch.id \\' x'"), "A1 issued"),
              AllOf(HasSubstr("with no branch.region, p15.yaml:"), Not(HasSubstr("= \"b\""))));
}

TEST(TraceAbsence, ListsTenStartsAndCountsTheRest) {
  std::string events;
  for (int i = 0; i < 12; ++i)
    events += (i == 0 ? "A1 issued +" : ", A1 issued +") + std::to_string(i) + "m";
  const auto text = told(with(&Desk::applies, "ticket.customer == \"c-2\""), events);
  EXPECT_THAT(text, AllOf(HasSubstr("is false at 09:09:00.000 with customer = (personal)"),
                          Not(HasSubstr("09:10:00.000")),
                          HasSubstr("  … and 2 more starts that began no clock\n")));
}

TEST(TraceEnds, SaysWhatEachEndDidToTheClock) {
  EXPECT_THAT(told({}, "A1 issued, A1 left +1m"),
              HasSubstr("clock ends, nothing is owed any more (forfeit), counted 01:00.000"));
  EXPECT_THAT(told({}, "A1 issued, A1 asked +1m"),
              HasSubstr("clock ends, a person decides (review), counted 01:00.000"));
  const auto restarted = told({}, "A1 issued, A1 issued +1m, A1 moved +2m, A1 answered +3m");
  EXPECT_THAT(
      restarted,
      AllOf(HasSubstr("ignored: the clock runs already"),
            HasSubstr("clock ends and starts again, counted 02:00.000"),
            HasSubstr("p, b, A1, cycle 2, 2026-01-05\n09:02:00.000  moved             clock "
                      "starts (cycle 2), due 09:17:00.000"),
            HasSubstr("counted 01:00.000, within the limit")));
  EXPECT_THAT(told({}, "A1 issued, A1 moved +2m, A1 moved +4m"),
              HasSubstr("clock starts (cycle 3), due 09:19:00.000\n  the clock runs, counted"));
  EXPECT_THAT(told({}, "A1 issued"), HasSubstr("  the clock runs, counted 00:0"));
}

TEST(TraceEnds, OfARunningClockCountsUpToNow) {
  EXPECT_THAT(told_by({{"p", book_text({})}}, "events: [A1 issued]", std::chrono::hours(30)),
              HasSubstr("  the clock runs, counted 30:00:"));
}

TEST(TraceLimit, SaysThatItIsExclusiveOrInDays) {
  EXPECT_THAT(
      told(with(&Desk::target, "within: 15m, boundary: exclusive"), "A1 issued, A1 answered +15m"),
      HasSubstr("  limit 15m, exclusive (revision 1), p15.yaml:"));
  Desk days;
  days.target = "within: 2 business days";
  days.measure = "office";
  days.rest = "";
  EXPECT_THAT(told(days, "A1 issued, A1 answered +1h"),
              HasSubstr("  limit 2 business days = until 2026-01-07 24:00 = "));
}

TEST(TraceLimit, OfAListNamesTheDayByItsCalendar) {
  Desk desk;
  desk.target =
      "within: [{when: day.class == \"market\" || day.weekday == 7, within: 30m}, {within: 15m}]";
  EXPECT_THAT(told(desk, "A1 issued, A1 answered +1m"),
              HasSubstr("  entry 2 of 2: no `when` before it holds with day.class = \"\", "
                        "day.weekday = 1 (office, Monday 2026-01-05: no class)\n"));
  desk.hours = R"({mon: {hours: ["08:00-16:00"], class: market}, tue-fri: ["08:00-16:00"]})";
  EXPECT_THAT(told(desk, "A1 issued, A1 answered +1m"),
              HasSubstr("  entry 1 of 2: `day.class == \"market\" || day.weekday == 7` holds with "
                        "day.class = \"market\", day.weekday = 1 (office, Monday 2026-01-05: class "
                        "market by weekday)\n"));
  desk.branch = "attributes: {region: uusimaa}";
  EXPECT_THAT(told(desk, "A1 issued, A1 answered +1m"),
              HasSubstr("day.class = \"\", day.weekday = 1 (Monday 2026-01-05)\n"));
}

TEST(TraceCounted, ShowsExceptionsWithTheirHours) {
  Desk desk = with(&Desk::measure, "office");
  desk.exceptions =
      "[{date: 2026-01-02, hours: []}, {date: 2026-01-05, hours: [\"08:30-09:10\", "
      "\"13:05-16:00\"], class: market, reason: Stocktaking}, {date: 2026-01-07, hours: []}]";
  const auto text = told(desk, "A1 issued, A1 answered +5h");
  EXPECT_THAT(text, HasSubstr("  2026-01-05 08:30-09:10, 13:05-16:00, class market, Stocktaking "
                              "(office, p15.yaml:"));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("2026-01-02")), Not(HasSubstr("2026-01-07"))));
}

TEST(TraceCounted, ListsTenDaysStretchesAndPausesAndCountsTheRest) {
  Desk desk = with(&Desk::measure, "office");
  desk.exceptions = "[";
  for (int day = 6; day <= 17; ++day)
    desk.exceptions +=
        fmt::format("{}{{date: 2026-01-{:02}, class: market}}", day == 6 ? "" : ", ", day);
  desk.exceptions += "]";
  const auto long_one = told(desk, "A1 issued, A1 answered 2026-01-21T09:00:00+02:00");
  EXPECT_THAT(long_one, HasSubstr("  … and 2 more days\n"));
  EXPECT_THAT(long_one, HasSubstr("  counted 2026-01-16 08:00:00.000-16:00:00.000 8h (office)\n"
                                  "  … and 3 more, 17h\n"));
  std::string events = "A1 issued";
  for (int i = 1; i <= 12; ++i)
    events += fmt::format(", A1 away +{}m, A1 back +{}m", 10 * i, 10 * i + 1);
  const auto paused = told({}, events + ", A1 answered +3h");
  EXPECT_THAT(paused, HasSubstr("  not counted: away 10:40:00.000-10:41:00.000, 1m\n"
                                "  … and 2 more\n"));
}

TEST(TraceCounted, SaysThatNothingWasCountedOrOnlyAPartOfAPause) {
  Desk desk = with(&Desk::measure, "office");
  EXPECT_THAT(told(desk,
                   "A1 issued 2026-01-05T18:00:00+02:00, A1 answered "
                   "2026-01-05T19:00:00+02:00"),
              HasSubstr("  nothing counted (office)\n"));
  EXPECT_THAT(
      told(desk,
           "A1 issued, A1 away 2026-01-05T15:30:00+02:00, A1 back "
           "2026-01-06T08:30:00+02:00, A1 answered 2026-01-06T09:00:00+02:00"),
      HasSubstr("  not counted: away 15:30:00.000-2026-01-06 08:30:00.000, 1h of office\n"));
}

TEST(TraceExcuses, SayWhatDidNotHoldAndWhatHeldFromTheStart) {
  Desk desk;
  desk.rest +=
      "  excuses: [{id: alarm, when: branch.alarm == true}, {id: by-hand, approvers: 2}, {id: "
      "region, when: branch.region == \"lappi\"}]\n";
  const auto none = told(desk, "A1 issued, A1 answered +20m");
  EXPECT_THAT(none, HasSubstr("  not excused by alarm: `branch.alarm == true` holds at no time up "
                              "to the breach, at the start with no branch.alarm, p15.yaml:"));
  EXPECT_THAT(none, HasSubstr("  not excused by region: "));
  EXPECT_THAT(none, Not(HasSubstr("by-hand")));
  const std::string alarm = "{b alarm_raised -5m: {alarm: \"true\"}}, ";
  const auto before = told(desk, alarm + "A1 issued, A1 answered +20m");
  EXPECT_THAT(before, HasSubstr("  excused by alarm: `branch.alarm == true` holds at 09:00:00.000 "
                                "with branch.alarm = \"true\", p15.yaml:"));
  EXPECT_THAT(before, Not(HasSubstr("by region")));
  const auto during =
      told(desk,
           "{b alarm_raised -5m: {alarm: \"false\"}}, A1 issued, {b alarm_raised +1m: {alarm: "
           "\"false\"}}, {b alarm_raised +7m: {alarm: \"true\"}}, A1 answered +20m");
  EXPECT_THAT(during, HasSubstr("holds at 09:07:00.000 with branch.alarm = \"true\""));
  const auto after = told(desk,
                          "A1 issued, {b alarm_raised +16m: {alarm: \"true\"}}, A1 answered "
                          "+20m");
  EXPECT_THAT(after, HasSubstr("  not excused by alarm: "));
}

TEST(TraceExcuses, AreDecidedWhenTheClockEnds) {
  Desk desk;
  desk.rest += "  excuses: [{id: alarm, when: branch.alarm == true}]\n";
  const auto open = told_by({{"p", book_text(desk)}},
                            "events: [A1 issued, {b alarm_raised +1m: {alarm: \"true\"}}]",
                            std::chrono::minutes(20));
  EXPECT_THAT(open, HasSubstr("  excuse alarm is decided when the clock ends: `branch.alarm == "
                              "true`, p15.yaml:"));
  EXPECT_THAT(open, Not(HasSubstr("excused by")));
}

TEST(TraceExcuses, ReadTheTicketAtItsSettlement) {
  Desk desk;
  desk.rest +=
      "  excuses: [{id: fm, when: ticket.segment == \"fm\"}, {id: both, when: "
      "branch.alarm == true && ticket.segment == \"both\"}]\n";
  const auto ended = [&](const std::string& segment) {
    return told(desk,
                "{A1 issued: {segment: x}}, {b alarm_raised +1m: {alarm: \"true\"}}, {A1 "
                "answered +20m: {segment: " +
                    segment + "}}");
  };
  EXPECT_THAT(ended("fm"), HasSubstr("  excused by fm: `ticket.segment == \"fm\"` holds at "
                                     "09:20:00.000, when it is settled, with segment = \"fm\""));
  const auto both = ended("both");
  EXPECT_THAT(both, HasSubstr(" holds at 09:01:00.000 with branch.alarm = \"true\", segment = "
                              "\"both\", of the ticket as at 09:20:00.000, p15.yaml:"));
  const auto neither = ended("none");
  EXPECT_THAT(neither, HasSubstr("  not excused by fm: `ticket.segment == \"fm\"` does not hold at "
                                 "09:20:00.000, when it is settled, with segment = \"none\""));
  EXPECT_THAT(neither, HasSubstr("holds at no time up to the breach, at the start with no "
                                 "branch.alarm, segment = \"none\", of the ticket as at 09:20"));
}

// What excused it came after the breach was confirmed as one.
TEST(TraceExcuses, AreNoPartOfAnEarlierConfirmation) {
  Desk desk;
  desk.rest += "  excuses: [{id: fm, when: ticket.segment == \"fm\"}]\n";
  const auto live = told(desk, "A1 issued, {A1 answered +20m: {segment: fm}}");
  EXPECT_THAT(live, HasSubstr("09:15:01.000                    confirmed\n"));
  EXPECT_THAT(live, HasSubstr("clock stops, counted 20:00.000\n"
                              "09:20:00.000                    excused by fm\n"));
  const auto late =
      told(desk, "A1 issued arrives +1h, {A1 answered +20m arrives +1h: {segment: fm}}");
  EXPECT_THAT(late, HasSubstr(" confirmed, excused once its end was final\n"));
  desk.rest =
      "  compensation: {settle: breach, tiers: [{over: 15m, pay: EUR 10.00}]}\n  excuses: "
      "[{id: alarm, when: branch.alarm == true}]\n";
  EXPECT_THAT(told(desk, "A1 issued, {b alarm_raised +1m: {alarm: \"true\"}}, A1 answered +20m"),
              HasSubstr("09:15:01.000                    confirmed excused\n"));
}

TEST(TraceMoney, SaysThatAPromisePaysNothing) {
  const auto text = told(with(&Desk::rest, ""), "A1 issued, A1 answered +20m");
  EXPECT_THAT(text, HasSubstr("  the promise pays nothing, p15.yaml:"));
  EXPECT_THAT(text, testing::EndsWith("\nowed on this ticket: nothing\n"));
  EXPECT_THAT(told(with(&Desk::rest, ""), "A1 issued, A1 answered +10m"),
              Not(HasSubstr("pays nothing")));
}

TEST(TraceMoney, OfTwoCurrenciesIsToldInBoth) {
  Desk crowns;
  crowns.rest = "  compensation: {tiers: [{over: 15m, pay: SEK 90.00}], instrument: voucher}\n";
  EXPECT_THAT(told_by({{"p", book_text({}) + promise_text("q", crowns)}},
                      "events: [A1 issued, A1 answered +20m]"),
              testing::EndsWith("\nowed on this ticket: EUR 10.00 + SEK 90.00\n"));
}

TEST(TraceMoney, ThatACapHoldsOrLeavesNothingOfSaysSo) {
  Desk desk;
  desk.rest =
      "  compensation: {tiers: [{over: 15m, pay: EUR 10.00}], instrument: voucher, caps: [{per: "
      "customer/day, max: EUR 10.00, then: THEN}]}\n";
  const std::string events = "B1 issued, B1 answered +16m, A1 issued, A1 answered +20m";
  for (const auto& [then, note] : {std::pair("hold", "owed EUR 10.00 by voucher (held): cap"),
                                   std::pair("record", "nothing owed (recorded): cap")}) {
    Desk capped = desk;
    capped.rest.replace(capped.rest.find("THEN"), 4, then);
    EXPECT_THAT(told(capped, events), HasSubstr(note)) << then;
  }
}

TEST(TraceMoney, PromisedByADaySaysSoAndWhatItsLatenessOwes) {
  Desk desk;
  desk.rest =
      "  compensation: {tiers: [{over: 15m, pay: EUR 10.00}], instrument: transfer, due: 1 "
      "calendar day, late: EUR 5.00}\n";
  const auto book = compile_book(book_text(desk));
  const BookSource books = [&](const auto&) -> model::Result<model::BookPtr> { return book; };
  const auto parsed = parse_tests(
      "t.yaml",
      "apiVersion: lupaus/v1\nkind: PromiseTest\nfiles: [p]\nstart: 2026-01-05T09:00:00+02:00\n"
      "defaults: {branch: b, customer: c-1}\ntests:\n  - {name: x, events: [A1 issued, A1 "
      "answered +20m], expect: {A1: {}}}\n");
  ASSERT_TRUE(parsed.ok());
  TestRun run(parsed->front().tests.front(), book, books);
  run.finish();
  ledger::State state;
  for (const auto& fact : run.facts()) state.evolve(fact);
  const auto slot = *state.engine.find_ticket("b", "A1");
  const auto before = explain(state, slot, run.now());
  EXPECT_THAT(before, HasSubstr("  to be paid by the end of 2026-01-06, 1 calendar day from "
                                "finality, p15.yaml:"));
  EXPECT_THAT(before, Not(HasSubstr("not paid by then")));
  const auto later = run.now() + std::chrono::hours(72);
  model::Facts facts;
  ledger::settle_overdue(state, later, 10, facts);
  const auto after = explain(state, slot, later);
  EXPECT_THAT(after, HasSubstr("  not paid by then: EUR 5.00 more owed at 2026-01-0"));
  EXPECT_THAT(after, testing::EndsWith("\nowed on this ticket: EUR 15.00\n"));
  state.evolve({state.next_position, later, nullptr, model::Declined{2, "we paid", {}}});
  const auto declined = explain(state, slot, later);
  EXPECT_THAT(declined, HasSubstr(" (declined), p15.yaml:"));
  EXPECT_THAT(declined, testing::EndsWith("\nowed on this ticket: EUR 10.00\n"));
}

}  // namespace
}  // namespace lupaus::rules::scenario
