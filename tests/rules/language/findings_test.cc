// What is found beyond syntax: each finding by a row, the calendar proofs by numbers.
#include "rules/language/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <random>

#include "rules/calendar/zone.h"
#include "rules/language/explanations.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::language::Diagnostic;
using rules::language::Severity;
using testing::HasSubstr;

/// The example book: nothing is wrong with it.
std::string sample() { return std::string(rules::language::example_book()); }

struct Finding {
  std::string_view name;
  std::string_view from, to;
  std::string_view code;  ///< "" when nothing may be found
  std::string_view message;
};
void PrintTo(const Finding& finding, std::ostream* out) { *out << finding.name; }

class Findings : public testing::TestWithParam<Finding> {};

TEST(Finding, OfAGapDoesNotAdviseALimitThatIsNeverReached) {
  const auto text = edited(kPlainSample, "{within: 15m}",
                           "{within: [{when: ticket.priority == 1, within: 15m}, {when: "
                           "ticket.priority == 1, within: 12m}, {within: 10m}]}");
  const std::string all = formatted(compile_text(text).diagnostics);
  EXPECT_NE(all.find("P075: the limit 12m is never reached"), std::string::npos) << all;
  EXPECT_NE(all.find("write `over: 10m`"), std::string::npos) << all;
  EXPECT_EQ(all.find("over: 12m"), std::string::npos) << all;
}

TEST_P(Findings, AreToldAlone) {
  const Finding& finding = GetParam();
  const auto compiled = compile_text(edited(sample(), finding.from, finding.to));
  const std::string all = formatted(compiled.diagnostics);
  if (finding.code.empty()) {
    EXPECT_EQ(all, "");
    return;
  }
  ASSERT_EQ(compiled.diagnostics.size(), 1u) << all;
  EXPECT_EQ(compiled.diagnostics[0].error.code, finding.code) << all;
  EXPECT_NE(compiled.diagnostics[0].error.span.line, 0u);
  EXPECT_FALSE(compiled.diagnostics[0].error.hint.empty());
  EXPECT_THAT(all, HasSubstr(finding.message));
}

constexpr std::string_view kTiers = "[{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]";
constexpr std::string_view kCap = "{per: customer/day, max: EUR 20.00, then: record}";

constexpr Finding kClockFindings[] = {
    {"restart_beside_stop", "transferred: continue",
     "transferred: {when: event.to_service == \"loan\", then: restart, else: continue}", "", ""},
    {"never_kept", "service_started: stop", "service_started: void", "P066", "never kept"},
    {"stop_never_holds", "service_started: stop",
     "service_started: {when: false, then: stop, else: void}", "P066", "never kept"},
    {"resume_alone", "parked: pause, unparked: resume,\n         away: pause",
     "parked: continue, unparked: resume,\n         away: continue", "P065", "nothing pauses it"},
    {"starts_or_stops_beside_another_stop", "transferred: continue",
     "transferred: [{when: event.to_service == \"loan\", then: start}, {when: event.to_service == "
     "\"cash\", then: stop}, {else: continue}]",
     "P063", "`transferred` both starts the clock and stops it: only its conditions"},
    {"starts_or_pauses_beside_another_pause", "issued: start",
     "issued: {when: event.channel == \"kiosk\", then: start, else: pause}", "P064",
     "`issued` both starts the clock and pauses it"},
    {"starts_or_a_stop_that_never_holds", "issued: start",
     "issued: [{when: false, then: stop}, {else: start}]", "", ""},
    {"case_twice", "transferred: continue",
     "transferred: [{when: ticket.priority == 1, then: void}, {when: ticket.priority == 1, then: "
     "restart}, {else: continue}]",
     "P075", "`transferred` is never reached"},
};
constexpr Finding kLimitFindings[] = {
    {"less_than_a_day_opens", "{within: 15m}",
     "{within: [{when: ticket.priority == 1, within: 7h29m59.999s}, {within: 15m}]}", "", ""},
    {"all_that_a_day_opens", "{within: 15m}",
     "{within: [{when: ticket.priority == 1, within: 7h30m}, {within: 15m}]}", "P077",
     "`branch-hours` opens for at most 7h30m in 24h"},
    {"tier_beyond_a_day_of_opening", "over: 30m", "over: 8h", "P068", "over 8h is never reached"},
    {"tier_within_it", "over: 30m", "over: 7h29m", "", ""},
    {"entry_behind_true", "{within: 15m}", "{within: [{when: true, within: 15m}, {within: 15m}]}",
     "P075", "never reached"},
    {"no_gap_below_a_dead_entry", "{within: 15m}",
     "{within: [{when: true, within: 15m}, {within: 10m}]}", "P075", "the limit 10m"},
    {"gap", "over: 15m", "over: 16m", "P070", "between the limit 15m and the first tier over 16m"},
    {"gap_below_another_limit", "{within: 15m}",
     "{within: [{when: ticket.priority == 1, within: 10m}, {within: 15m}]}", "P070",
     "between the limit 10m and the first tier over 15m: such a breach pays nothing"},
};
constexpr Finding kMoneyFindings[] = {
    {"sums_descend", "EUR 20.00}]\n", "EUR 9.00}]\n", "P069", "EUR 9.00 after EUR 10.00"},
    {"sums_equal", "EUR 20.00}]\n", "EUR 10.00}]\n", "P069", "adds nothing"},
    {"cap_equal_to_smallest", "max: EUR 20.00", "max: EUR 10.00", "", ""},
    {"cap_below_smallest", "max: EUR 20.00", "max: EUR 9.99", "P071", "EUR 10.00 is ever paid"},
    {"ticket_cap_below_the_highest", kCap, "{per: ticket, max: EUR 19.99}", "", ""},
    {"ticket_cap_equal_to_the_highest", kCap, "{per: ticket, max: EUR 20.00}", "P072",
     "the cap of EUR 20.00 per ticket never binds: a breach owes at most EUR 20.00"},
    {"ticket_cap_above", kCap, "{per: ticket, max: EUR 20.01}", "P072", "at most EUR 20.00"},
    {"ticket_cap_of_times", kCap, "{per: ticket, max: 2 times}", "P072", "runs once"},
    {"ticket_cap_of_one_time", kCap, "{per: ticket, max: 1 time}", "P072", "cap of 1 time per"},
    {"two_of_one_scope", kCap,
     "{per: customer/day, max: EUR 20.00}, {per: customer/day, max: EUR 30.00}", "P072",
     "the cap of EUR 30.00 per customer/day never binds: the one of EUR 20.00 per customer/day"},
    {"two_of_one_scope_wider_first", kCap,
     "{per: customer/day, max: EUR 30.00}, {per: customer/day, max: EUR 20.00}", "P072",
     "the cap of EUR 30.00 per customer/day never binds"},
    {"two_equal_of_one_scope", kCap,
     "{per: customer/day, max: EUR 20.00}, {per: customer/day, max: EUR 20.00, then: hold}", "P072",
     "the cap of EUR 20.00 per customer/day never binds"},
    {"two_of_one_scope_the_narrow_one_holds", kCap,
     "{per: customer/day, max: EUR 20.00, then: hold}, {per: customer/day, max: EUR 30.00}", "",
     ""},
    {"a_wider_cap_that_holds_before", kCap,
     "{per: customer/day, max: EUR 30.00, then: hold}, {per: customer/day, max: EUR 20.00}", "",
     ""},
    {"two_of_one_scope_and_times", kCap,
     "{per: customer/day, max: 2 times}, {per: customer/day, max: 3 times}", "P072",
     "the cap of 3 times per customer/day never binds"},
    {"times_keep_a_sum", kCap,
     "{per: customer/day, max: 2 times}, {per: customer/day, max: EUR 40.00}", "P072",
     "the one of 2 times per customer/day"},
    {"times_do_not_keep_a_sum_below", kCap,
     "{per: customer/day, max: 2 times}, {per: customer/day, max: EUR 39.99}", "", ""},
    {"customers_are_of_the_promise", kCap,
     "{per: promise/day, max: EUR 100.00}, {per: customer/month, max: EUR 3100.00}", "P072",
     "customer/month never binds"},
    {"the_promise_has_more_customers", kCap,
     "{per: customer/day, max: EUR 20.00}, {per: promise/month, max: EUR 9000.00}", "", ""},
    {"a_day_of_a_month", kCap,
     "{per: customer/month, max: EUR 20.00}, {per: customer/day, max: EUR 20.00}", "P072",
     "customer/day never binds"},
    {"a_ticket_of_a_customer", kCap,
     "{per: customer/day, max: EUR 15.00}, {per: ticket, max: EUR 15.00}", "P072",
     "the cap of EUR 15.00 per ticket never binds"},
    {"years_that_begin_apart", kCap,
     "{per: customer/year, max: EUR 20.00}, {per: customer/year, max: EUR 30.00, from: 04-01}", "",
     ""},
    {"years_that_begin_apart_and_twice_the_sum", kCap,
     "{per: customer/year, max: EUR 20.00}, {per: customer/year, max: EUR 40.00, from: 04-01}",
     "P072", "the cap of EUR 40.00 per customer/year never binds"},
    {"month_of_days", kCap,
     "{per: customer/day, max: EUR 20.00}, {per: customer/month, max: EUR 620.00}", "P072",
     "customer/month never binds"},
    {"month_below_its_days", kCap,
     "{per: customer/day, max: EUR 20.00}, {per: customer/month, max: EUR 619.99}", "", ""},
    {"times_of_days", kCap,
     "{per: customer/day, max: 1 time}, {per: customer/year, max: 400 times}", "P072",
     "customer/year never binds"},
};

std::string name_of(const testing::TestParamInfo<Finding>& test) {
  return std::string(test.param.name);
}
INSTANTIATE_TEST_SUITE_P(Clock, Findings, testing::ValuesIn(kClockFindings), name_of);
INSTANTIATE_TEST_SUITE_P(Limit, Findings, testing::ValuesIn(kLimitFindings), name_of);
INSTANTIATE_TEST_SUITE_P(Money, Findings, testing::ValuesIn(kMoneyFindings), name_of);

TEST(Finding, ALimitLongerThanAnyOpeningRunsOnIntoAnother) {
  const auto with = [](std::string_view within) {
    std::string text = edited(sample(), "expire_after: 24h", "expire_after: 72h");
    text = edited(text, "{within: 15m}",
                  "{within: [{when: ticket.priority == 1, within: " + std::string(within) +
                      "}, {within: 15m}]}");
    return formatted(compile_text(text).diagnostics);
  };
  EXPECT_EQ(with("7h30m"), "");
  EXPECT_THAT(with("7h30m0.001s"), HasSubstr("P067: the limit 7h30m0.001s is longer than any"));
}

TEST(Finding, ATicketWithTwoCyclesMayReachItsCap) {
  std::string text = edited(sample(), kCap, "{per: ticket, max: EUR 40.00}");
  EXPECT_THAT(formatted(compile_text(text).diagnostics), HasSubstr("P072"));
  text = edited(text, "recalled: continue", "recalled: start");
  EXPECT_EQ(formatted(compile_text(text).diagnostics), "");
}

TEST(Finding, ALimitIsProvedAgainstItsExpiryToTheMillisecond) {
  const auto codes = [](std::string_view within, std::string_view boundary) {
    std::string text = edited(sample(), "measure: branch-hours", "measure: elapsed");
    text = edited(text, "within: 15m}",
                  std::string(within) + ", boundary: " + std::string(boundary) + "}");
    text = edited(text, "within 15 minutes", "within 24 hours");
    text = edited(text, kTiers, "[{over: 23h59m59s, pay: EUR 10.00}]");
    return formatted(compile_text(text).diagnostics);
  };
  EXPECT_THAT(codes("within: 24h", "inclusive"), HasSubstr("P077"));
  EXPECT_THAT(codes("within: 24h", "exclusive"), testing::Not(HasSubstr("P077")));
  EXPECT_THAT(codes("within: 23h59m59.999s", "inclusive"), testing::Not(HasSubstr("P077")));
}

TEST(Finding, MissingLinesAreTheLinesToPaste) {
  const std::string flow = edited(sample(), "parked: pause, unparked: resume,", "");
  EXPECT_THAT(formatted(compile_text(flow).diagnostics),
              HasSubstr("lines for the events `parked`, `unparked`\n"
                        "  add `parked: pause, unparked: resume`\n"));
  const std::string_view lines =
      "\n      issued: start\n      called: continue\n      recalled: continue\n"
      "      service_started: stop\n      service_ended: continue\n      transferred: continue\n"
      "      parked: pause\n      unparked: resume\n      away: pause\n      back: resume\n";
  std::string block = sample();
  const size_t begin = block.find("{issued"), end = block.find("}\n    on_silence");
  block.replace(begin, end + 1 - begin, lines);
  block = edited(block, "\n\n    on_silence", "\n    on_silence");
  EXPECT_THAT(formatted(compile_text(block).diagnostics),
              HasSubstr("  add these lines:\n      no_show: forfeit\n      left: void\n"
                        "      cancelled: void\n      expired: review\n"));
  const std::string pasted =
      edited(block, "back: resume\n",
             "back: resume\n      no_show: forfeit\n      left: void\n      cancelled: void\n"
             "      expired: review\n");
  EXPECT_EQ(formatted(compile_text(pasted).diagnostics), "");
}

TEST(Finding, MissingLinesOfAnotherVocabularyMakeAPromiseToo) {
  const auto with = [](std::string_view lines) {
    return edited(
        "apiVersion: lupaus/v1\nkind: Promise\nmetadata: {name: fixed}\nspec:\n"
        "  vocabulary: repairs\n  wording: {en: Fixed within 8 hours.}\n  applies: true\n"
        "  clock: {measure: elapsed, on: {}, on_silence: review}\n  target: {within: 8h}\n---\n"
        "apiVersion: lupaus/v1\nkind: Vocabulary\nmetadata: {name: repairs}\n"
        "spec: {events: [reported, sent, fixed, expired]}\n",
        "on: {}", "on: {" + std::string(lines) + "}");
  };
  constexpr std::string_view kLines =
      "reported: start, sent: continue, fixed: stop, expired: review";
  EXPECT_THAT(formatted(compile_text(with("")).diagnostics),
              HasSubstr("add `" + std::string(kLines) + "`"));
  EXPECT_EQ(formatted(compile_text(with(kLines)).diagnostics), "");
}

TEST(Finding, APublishedBookIsReadWhateverNewerChecksThink) {
  const rules::model::SourceFile files[] = {{"empty.yaml", ""}, {"p.yaml", sample()}};
  EXPECT_EQ(rules::language::compile(files).book, nullptr);
  const auto first = compile_text(sample());
  ASSERT_NE(first.book, nullptr);
  const auto again = rules::language::compile(files, {first.book->zones, first.book->tz_version});
  EXPECT_NE(again.book, nullptr) << formatted(again.diagnostics);
}

TEST(Finding, AFileThatSaysNothingIsToldWithItsName) {
  for (const std::string_view text : {"", "\n", "# a note\n", "---\n---\n"}) {
    const auto compiled = compile_text(text);
    ASSERT_EQ(compiled.diagnostics.size(), 1u) << formatted(compiled.diagnostics);
    EXPECT_THAT(formatted(compiled.diagnostics), HasSubstr("p.yaml:1:1: error P048"));
  }
}

/// The promise of a book, changed by hand, and what is found in it.
template <typename Change>
std::string found_after(const Change& change) {
  rules::model::Book book = *compile_text(sample()).book;
  change(book.promises.at(0));
  rules::language::Diagnostics diagnostics;
  rules::language::find_in_book(book, {}, diagnostics);
  return formatted(diagnostics.take({}));
}
rules::model::Money euros(int64_t cents) { return {*rules::model::find_currency("EUR"), cents}; }
rules::model::Limit hours_long(int hours) {
  return {rules::model::Limit::Unit::duration, std::chrono::hours(hours), 0};
}

TEST(Finding, AStackOfTiersEndsAtItsBound) {
  const auto found = found_after([](rules::model::Promise& promise) {
    promise.compensation->is_stacked = true;
    promise.compensation->at_most = euros(1000);
  });
  EXPECT_THAT(found,
              HasSubstr("P069: the tier over 30m adds nothing: the tiers before it already"));
  EXPECT_EQ(found_after([](rules::model::Promise& promise) {
              promise.compensation->is_stacked = true;
              promise.compensation->at_most = euros(1001);
            }),
            "");
}

TEST(Finding, AnAccrualThatIsReplacedByLessIsTold) {
  const auto replaced_by = [](int64_t cents) {
    return found_after([&](rules::model::Promise& promise) {
      auto& tiers = promise.compensation->tiers;
      tiers[0].every =
          rules::model::Limit{rules::model::Limit::Unit::duration, std::chrono::minutes(5), 0};
      tiers[1].pay = euros(cents);  // three periods of EUR 10 have begun at 30 minutes
    });
  };
  EXPECT_THAT(replaced_by(2999), HasSubstr("EUR 29.99 after EUR 30.00"));
  EXPECT_EQ(replaced_by(3001), "");
}

TEST(Finding, SharesOfDifferentAttributesAreNotCompared) {
  const auto shares = [](std::string attribute) {
    return found_after([&](rules::model::Promise& promise) {
      promise.compensation->caps.clear();
      promise.compensation->tiers[0].pay = rules::model::Share{500'000, "fare", false};
      promise.compensation->tiers[1].pay = rules::model::Share{250'000, attribute, false};
      promise.wording = {};
    });
  };
  EXPECT_THAT(shares("fare"), HasSubstr("P069"));
  EXPECT_EQ(shares("bill"), "");
}

TEST(Finding, AShareUnderASumOwesAtMostTheSum) {
  const auto capped_at = [](int64_t cents) {
    return found_after([&](rules::model::Promise& promise) {
      auto& made = *promise.compensation;
      made.tiers.resize(1);
      made.tiers[0].pay = rules::model::Share{100'000, "fare", false};
      made.tiers[0].at_most = euros(5000);
      made.caps.resize(1);
      made.caps[0].scope = rules::model::Cap::Scope::ticket;
      made.caps[0].max = euros(cents);
      promise.wording = {};
    });
  };
  EXPECT_THAT(capped_at(10000), HasSubstr("P072: the cap of EUR 100.00 per ticket never binds: a "
                                          "breach owes at most EUR 50.00"));
  EXPECT_EQ(capped_at(4999), "");
}

TEST(Finding, WhatIsNeverPayableIsTold) {
  const auto least = [](int64_t cents) {
    return found_after(
        [&](rules::model::Promise& promise) { promise.compensation->min_payable = euros(cents); });
  };
  EXPECT_THAT(least(2001), HasSubstr("P076: nothing is ever paid"));
  EXPECT_EQ(least(2000), "");
}

TEST(Finding, ASuspensionOutsideTheEffectiveDaysIsTold) {
  const auto suspended = [](rules::model::LocalDate from, rules::model::LocalDate until) {
    return found_after([&](rules::model::Promise& promise) {
      promise.suspensions.push_back({from, until, nullptr, "", {}});
    });
  };
  EXPECT_THAT(suspended({2025, 3, 1}, {2025, 12, 31}), HasSubstr("P074"));
  EXPECT_THAT(suspended({2027, 1, 1}, {2027, 1, 2}), HasSubstr("P074"));
  EXPECT_EQ(suspended({2025, 3, 1}, {2026, 1, 1}), "");
}

TEST(Finding, WithADueInstantPausesAreIgnoredAndTiersCountFromIt) {
  const auto found = found_after([](rules::model::Promise& promise) {
    promise.within.clear();
    promise.by = rules::model::Deadline{"target_at", std::chrono::minutes(15), {}};
    promise.measure = "elapsed";
    promise.compensation->tiers[1].over = hours_long(24);
  });
  EXPECT_THAT(found, HasSubstr("P073: with target.by the due instant is fixed"));
  EXPECT_THAT(found, HasSubstr("`parked`, `unparked`, `away`, `back` is ignored"));
  EXPECT_THAT(found, HasSubstr("P068: the tier over 24h is never reached"));
}

TEST(Finding, AskingForMoneyMovesNoClock) {
  for (const std::string event : {"recalled", "service_started", "issued", "cancelled"}) {
    const auto found = found_after([&](rules::model::Promise& promise) {
      promise.compensation->claim = rules::model::Promise::Claim{event, hours_long(24), {}};
    });
    EXPECT_EQ(found.find("P078") != std::string::npos, event == "issued" || event == "cancelled");
  }
}

TEST(Openings, HoldTheirProofsOverMidnightExceptionsAndClockChanges) {
  rules::model::CalendarSpec spec;
  spec.name = "night";
  spec.timezone = "Europe/Helsinki";
  for (auto& day : spec.week) day.intervals = {{22 * 60, 6 * 60}};
  const auto* zone = rules::calendar::find_built_in_zone(spec.timezone);
  ASSERT_NE(zone, nullptr);
  using std::chrono::hours;
  rules::language::Openings night(spec, *zone);
  // The night of the autumn change has nine hours, and no night has ten.
  EXPECT_TRUE(night.can_open(hours(9), hours(9)));
  EXPECT_FALSE(night.can_open(hours(9) + rules::model::Duration(1), hours(24)));
  EXPECT_EQ(night.most_open(hours(24)), hours(9));
  spec.exceptions = {{{2026, 5, 1}, std::vector<rules::model::DayInterval>{{0, 24 * 60}}, "", ""}};
  rules::language::Openings day(spec, *zone);
  EXPECT_TRUE(day.can_open(hours(24) + hours(6), hours(48)));
}

TEST(Openings, AreNeverExceededFromAnyStart) {
  constexpr uint32_t kSeed = 20260201;
  std::mt19937 random(kSeed);
  const auto below = [&](int bound) {
    return static_cast<int>(random() % static_cast<uint32_t>(bound));
  };
  const auto* zone = rules::calendar::find_built_in_zone("America/New_York");
  ASSERT_NE(zone, nullptr);
  for (int round = 0; round < 4; ++round) {
    rules::model::CalendarSpec spec;
    for (auto& day : spec.week) {
      if (below(3) == 0) continue;
      const auto begin = static_cast<int16_t>(below(1440));
      day.intervals = {{begin, static_cast<int16_t>((begin + 1 + below(1439)) % 1440)}};
    }
    spec.week[2].intervals = {{60, 240}};
    rules::language::Openings openings(spec, *zone);
    const rules::calendar::Calendar calendar(spec, *zone);
    const std::chrono::minutes stretch(30 + below(5 * 1440));
    ASSERT_FALSE(openings.can_open(stretch + rules::model::Duration(1), stretch));
    const auto most = openings.most_open(stretch);
    for (int i = 0; i < 2000; ++i) {
      const auto start = rules::model::from_unix_ms(1'600'000'000'000) +
                         std::chrono::minutes(below(10 * 365 * 1440));
      ASSERT_LE(calendar.open_between(start, start + stretch), most)
          << "seed " << kSeed << ", round " << round << ", " << rules::model::format_instant(start);
    }
  }
}

}  // namespace
}  // namespace lupaus::tests
