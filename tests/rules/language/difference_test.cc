// Differences between books: each clause has its sentence, and what means the same has none.
#include "rules/language/difference.h"

#include <gtest/gtest.h>

#include "rules/language/format_text.h"
#include "rules/language/node.h"
#include "tests/rules/language/random_layout.h"
#include "tests/rules/language/sample.h"

namespace lupaus::tests {
namespace {

using rules::model::BookPtr;

/// A promise in a vocabulary of its own, with lines to which every clause can be added.
constexpr std::string_view kOrders = R"(apiVersion: lupaus/v1
kind: Vocabulary
metadata: {name: orders}
spec:
  events: [ordered, delivered, called_off, expired]
  branch_events: [storm_began, storm_ended]
  attributes: {customer: {type: string, personal: true}, price: money, kind: string, due_at: time}
  branch_attributes: {storm: bool}
---
apiVersion: lupaus/v1
kind: Calendar
metadata: {name: hours}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["09:00-17:00"], sat: ["10:00-14:00"]}
  exceptions:
    - {date: 2026-05-01, hours: [], reason: May Day}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b-1}
spec:
  timezone: Europe/Helsinki
  hours: hours
  attributes: {storm: "false"}
  sources: [{id: kiosk, reports: [ordered]}]
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: p, owner: anna@shop.example, labels: {channel: web}}
spec:
  vocabulary: orders
  problem: Food comes cold.
  effective: {from: 2026-01-01, until: 2026-12-31}
  wording: {fi: Tunnissa., en: Within an hour.}
  applies: ticket.kind == "pizza"
  clock:
    measure: elapsed
    expire_after: 2000h
    on:
      ordered: start
      delivered: stop
      called_off: void
      expired: review
    on_silence: review
  target:
    within: 1h
    boundary: inclusive
    objective: 95%
    per: month
  warn: [{left: 10m}]
  compensation:
    settle: end
    stack: replace
    tiers:
      - {over: 1h, pay: EUR 5.00}
      - {over: 2h, pay: EUR 10.00, every: 24h, count: started, measure: elapsed}
    caps:
      - {per: customer/day, max: EUR 20.00, then: record}
      - {per: customer/year, max: 5 times, then: record}
    instrument: voucher
    nature: damages
    due: 5 business days
    approval: {over: EUR 50.00, approvers: 2}
  excuses:
    - {id: storm, when: branch.storm == true, wording: {en: Storm}}
    - {id: manual, approvers: 2, max_share: 1%}
  suspensions:
    - {from: 2026-03-01, until: 2026-03-31, reason: Rebuilding}
)";

std::string sentences(const BookPtr& before, const BookPtr& after) {
  std::string text;
  for (const auto& difference : rules::language::differences(*before, *after)) {
    text += rules::language::format_difference(difference) + "\n";
  }
  return text;
}

BookPtr book_of(const std::string& text) {
  const auto compiled = compile_text(text);
  EXPECT_NE(compiled.book, nullptr) << formatted(compiled.diagnostics) << text;
  return compiled.book;
}

struct Edit {
  std::string from, to, sentence;
  std::string back;  ///< the sentence of the way back; "" is not looked at
};

void expect_sentences(const std::vector<Edit>& edits) {
  const BookPtr before = book_of(std::string(kOrders));
  ASSERT_NE(before, nullptr);
  for (const Edit& edit : edits) {
    SCOPED_TRACE(edit.to);
    const BookPtr after = book_of(edited(kOrders, edit.from, edit.to));
    if (after == nullptr) continue;
    EXPECT_EQ(sentences(before, after), edit.sentence + "\n");
    if (!edit.back.empty()) {
      EXPECT_EQ(sentences(after, before), edit.back + "\n");
    }
  }
}

TEST(Difference, OfTextsAndWhenAPromiseHolds) {
  expect_sentences({
      {"owner: anna@shop.example", "owner: bo@shop.example",
       "p: owner anna@shop.example -> bo@shop.example", ""},
      {"labels: {channel: web}", "labels: {channel: web, area: north}",
       "p: label area added (\"north\")", "p: label area removed (\"north\")"},
      {"comes cold", "comes late", "p: problem \"Food comes cold.\" -> \"Food comes late.\"", ""},
      {"fi: Tunnissa., ", "", "p: wording fi removed (\"Tunnissa.\")", ""},
      {"from: 2026-01-01, until", "from: 2026-02-01, until",
       "p: effective from 2026-01-01 -> 2026-02-01", ""},
      {", until: 2026-12-31}", "}", "p: effective until removed (2026-12-31)", ""},
      {"\"pizza\"\n", "'soup'  # new\n",
       "p: applies ticket.kind == \"pizza\" -> ticket.kind == 'soup'", ""},
  });
}

TEST(Difference, OfClockAndLimit) {
  expect_sentences({
      {"measure: elapsed\n    expire", "measure: hours\n    expire", "p: measure elapsed -> hours",
       ""},
      {"2000h", "2100h", "p: expiry 2000h -> 2100h", ""},
      {"called_off: void", "called_off: forfeit", "p: on called_off void -> forfeit", ""},
      {"called_off: void", "called_off: {when: ticket.kind == \"x\", then: stop, else: void}",
       "p: on called_off void -> stop when ticket.kind == \"x\", else void", ""},
      {"on_silence: review", "on_silence: favour_customer",
       "p: on_silence review -> favour_customer", ""},
      {"on_silence: review", "on_silence: review\n    hold: 2h", "p: hold 24h -> 2h", ""},
      {"within: 1h", "within: 50m", "p: limit 1h -> 50m", "p: limit 50m -> 1h"},
      {"within: 1h", "within: [{when: ticket.kind == \"x\", within: 30m}, {within: 1h}]",
       "p: limit 1h -> 30m when ticket.kind == \"x\", else 1h", ""},
      {"within: 1h", "by: ticket.due_at - 10m", "p: limit 1h -> by ticket.due_at - 10m", ""},
      {"boundary: inclusive", "boundary: exclusive", "p: boundary inclusive -> exclusive", ""},
      {"objective: 95%", "objective: 90%", "p: objective 95% -> 90%", ""},
      {"objective: 95%", "objective: 95.50%", "p: objective 95% -> 95.5%", ""},
      {"per: month\n", "per: week\n", "p: objective per month -> week", ""},
      {"[{left: 10m}]", "[{left: 5m}, {left: 10m}]", "p: warnings 10m -> 10m, 5m", ""},
  });
}

TEST(Difference, OfTiersAndCaps) {
  const std::string second =
      "      - {over: 2h, pay: EUR 10.00, every: 24h, count: started, measure: elapsed}\n";
  expect_sentences({
      {"pay: EUR 5.00", "pay: EUR 6.00", "p: tier 1 pay EUR 5.00 -> EUR 6.00", ""},
      {"pay: EUR 5.00", "pay: 12.50% of ticket.price",
       "p: tier 1 pay EUR 5.00 -> 12.5% of ticket.price", ""},
      {"over: 2h", "over: 3h", "p: tier 2 over 2h -> 3h", ""},
      {second, "", "p: tier 2 removed (over 2h pays EUR 10.00 every 24h, measured by elapsed)",
       "p: tier 2 added (over 2h pays EUR 10.00 every 24h, measured by elapsed)"},
      {"every: 24h", "every: 12h", "p: tier 2 every 24h -> 12h", ""},
      {"count: started", "count: full", "p: tier 2 count started -> full", ""},
      {"count: started, measure: elapsed", "count: started, measure: hours",
       "p: tier 2 measure elapsed -> hours", ""},
      {"{over: 1h, pay: EUR 5.00}", "{over: 1h, pay: EUR 5.00, at_most: 50% of ticket.price}",
       "p: tier 1 at_most added (50% of ticket.price)",
       "p: tier 1 at_most removed (50% of ticket.price)"},
      {"{over: 1h, pay: EUR 5.00}", "{over: 1h, pay: EUR 5.00, at_least: EUR 1.00}",
       "p: tier 1 at_least added (EUR 1.00)", ""},
      {"max: EUR 20.00", "max: EUR 25.00", "p: cap 1 max EUR 20.00 -> EUR 25.00", ""},
      {"20.00, then: record", "20.00, then: hold", "p: cap 1 then record -> hold", ""},
      {"per: customer/day", "per: ticket", "p: cap 1 per customer/day -> ticket", ""},
      {"      - {per: customer/day, max: EUR 20.00, then: record}\n", "",
       "p: cap 1 removed (customer/day at most EUR 20.00)", ""},
      {"5 times, then: record", "5 times, then: record, from: 04-01",
       "p: cap 2 from 01-01 -> 04-01", ""},
      {"5 times", "1 times", "p: cap 2 max 5 times -> 1 time", ""},
  });
}

TEST(Difference, OfWaysToPay) {
  const std::string text(kOrders);
  const std::string compensation = text.substr(
      text.find("  compensation:"), text.find("  excuses:") - text.find("  compensation:"));
  expect_sentences({
      {"stack: replace", "stack: add", "p: stack replace -> add", ""},
      {"stack: replace", "stack: replace\n    at_most: EUR 30.00", "p: at_most added (EUR 30.00)",
       ""},
      {"stack: replace", "stack: replace\n    at_least: EUR 3.00", "p: at_least added (EUR 3.00)",
       ""},
      {"stack: replace", "stack: replace\n    min_payable: EUR 4.00",
       "p: min_payable added (EUR 4.00)", ""},
      {"stack: replace", "stack: replace\n    group: meals", "p: group added (meals)", ""},
      {"stack: replace", "stack: replace\n    late: EUR 10.00", "p: late added (EUR 10.00)", ""},
      {"instrument: voucher", "instrument: transfer", "p: instrument voucher -> transfer", ""},
      {"nature: damages", "nature: price_reduction", "p: nature damages -> price_reduction", ""},
      {"due: 5 business days", "due: 48h", "p: payout due 5 business days -> 48h", ""},
      {"due: 5 business days", "due: {within: 5 business days, days: target}",
       "p: payout due days added (target)", ""},
      {"nature: damages", "nature: damages\n    claim: {on: called_off, within: 28 calendar days}",
       "p: claim added (called_off within 28 calendar days)", ""},
      {"nature: damages", "nature: damages\n    voucher_valid: 90 calendar days",
       "p: voucher valid added (90 calendar days)", ""},
      {"{over: EUR 50.00, approvers: 2}", "{over: EUR 60.00, approvers: 2}",
       "p: approval over EUR 50.00 -> EUR 60.00", ""},
      {"approvers: 2}\n  excuses", "approvers: 3}\n  excuses", "p: approvers 2 -> 3", ""},
      {compensation, "",
       "p: compensation removed (over 1h pays EUR 5.00; over 2h pays EUR 10.00 every 24h, measured "
       "by elapsed)",
       ""},
  });
}

TEST(Difference, OfExcusesAndSuspensions) {
  const std::string storm = "    - {id: storm, when: branch.storm == true, wording: {en: Storm}}\n";
  const std::string manual = "    - {id: manual, approvers: 2, max_share: 1%}\n";
  const std::string march = "    - {from: 2026-03-01, until: 2026-03-31, reason: Rebuilding}\n";
  expect_sentences({
      {storm, "", "p: excuse storm removed (when branch.storm == true)",
       "p: excuse storm added (when branch.storm == true)"},
      {"branch.storm == true", "branch.storm",
       "p: excuse storm when branch.storm == true -> branch.storm", ""},
      {"{en: Storm}", "{en: Gale}", "p: excuse storm wording en \"Storm\" -> \"Gale\"", ""},
      {"approvers: 2, max_share", "approvers: 1, max_share", "p: excuse manual approvers 2 -> 1",
       ""},
      {"max_share: 1%", "max_share: 2.5%", "p: excuse manual max_share 1% -> 2.5%", ""},
      {storm + manual, manual + storm, "p: order of excuses storm, manual -> manual, storm", ""},
      {march, march + "    - {from: 2026-05-01, until: 2026-05-02, reason: Fair}\n",
       "p: suspension 2026-05-01 to 2026-05-02 added (Fair)",
       "p: suspension 2026-05-01 to 2026-05-02 removed (Fair)"},
      {"until: 2026-03-31, r", "until: 2026-03-30, r",
       "p: suspension 2026-03-01 to 2026-03-31 -> 2026-03-01 to 2026-03-30", ""},
      {"reason: Rebuilding", "when: branch.storm, reason: Rebuilding",
       "p: suspension 2026-03-01 to 2026-03-31 when added (branch.storm)", ""},
      {"reason: Rebuilding", "reason: Painting",
       "p: suspension 2026-03-01 to 2026-03-31 reason \"Rebuilding\" -> \"Painting\"", ""},
  });
}

TEST(Difference, OfCalendarsBranchesAndVocabularies) {
  const std::string may = "    - {date: 2026-05-01, hours: [], reason: May Day}\n";
  const std::string eve = "    - {date: 2026-12-24, hours: [], reason: Christmas Eve}\n";
  expect_sentences({
      {may, may + eve, "calendar hours: 2026-12-24 now closed (Christmas Eve)",
       "calendar hours: 2026-12-24 no longer closed (Christmas Eve)"},
      {may, may + "    - {date: 2026-05-29, class: payday}\n",
       "calendar hours: 2026-05-29 now hours of the week, class payday", ""},
      {"hours: [], reason: May Day", "hours: [\"10:00-12:00\"], reason: May Day",
       "calendar hours: 2026-05-01 closed (May Day) -> 10:00-12:00 (May Day)", ""},
      {"09:00-17:00", "09:00-16:00", "calendar hours: mon-fri 09:00-17:00 -> 09:00-16:00", ""},
      {"sat: [\"10:00-14:00\"]", "sat: {hours: [\"10:00-14:00\"], class: weekend}",
       "calendar hours: sat 10:00-14:00 -> 10:00-14:00, class weekend", ""},
      {"timezone: Europe/Helsinki\n  hours: {", "timezone: Europe/Tallinn\n  hours: {",
       "calendar hours: timezone Europe/Helsinki -> Europe/Tallinn", ""},
      {"timezone: Europe/Helsinki\n  hours: hours", "timezone: Europe/Riga\n  hours: hours",
       "branch b-1: timezone Europe/Helsinki -> Europe/Riga", ""},
      {"storm: \"false\"", "storm: \"true\"", "branch b-1: attribute storm \"false\" -> \"true\"",
       ""},
      {"reports: [ordered]", "reports: [delivered, ordered]",
       "branch b-1: source kiosk reports ordered -> reports delivered, ordered", ""},
      {"sources: [{id: kiosk", "sources: [{id: web}, {id: kiosk",
       "branch b-1: source web added (reports everything)", ""},
      {"branch_events: [storm_began, storm_ended]", "branch_events: [storm_began]",
       "vocabulary orders: branch event storm_ended removed",
       "vocabulary orders: branch event storm_ended added"},
      {"price: money", "price: string", "vocabulary orders: attribute price money -> string", ""},
      {"{type: string, personal: true}", "string",
       "vocabulary orders: attribute customer string, personal -> string", ""},
      {"{storm: bool}", "{storm: bool, flood: bool}",
       "vocabulary orders: branch attribute flood added (bool)", ""},
      {"apiVersion",
       "apiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b-2}\n"
       "spec: {timezone: Etc/UTC, hours: hours}\n---\napiVersion",
       "branch b-2 added", "branch b-2 removed"},
  });
}

/// What differs once `from` is written as `to`.
std::string after_edit(std::string_view from, std::string_view to) {
  return sentences(book_of(std::string(kOrders)), book_of(edited(kOrders, from, to)));
}

TEST(Difference, NothingWhereTheSameHoursAreWrittenInOtherPieces) {
  for (const char* hours :
       {R"(["09:00-12:00", "12:00-17:00"])", R"(["12:00-17:00", "09:00-12:00"])",
        R"(["09:00-13:00", "11:00-17:00", "10:00-10:30"])"}) {
    EXPECT_EQ(after_edit(R"(["09:00-17:00"])", hours), "") << hours;
  }
  EXPECT_EQ(after_edit("mon-fri: [\"09:00-17:00\"], sat",
                       "tue-fri: [\"09:00-17:00\"], sun: [], mon: [\"09:00-17:00\"], sat"),
            "");
  EXPECT_EQ(after_edit("- {date: 2026-05-01, hours: [], reason: May Day}",
                       "- {date: 2026-05-01, reason: May Day, hours: []}"),
            "");
  const auto night = [](std::string_view hours) {
    return book_of(edited(kOrders, R"(["09:00-17:00"])", hours));
  };
  const BookPtr over_midnight = night(R"(["22:00-06:00"])");
  EXPECT_EQ(sentences(over_midnight, night(R"(["23:00-06:00", "22:00-00:00"])")), "");
  EXPECT_EQ(sentences(night(R"(["20:00-24:00"])"), night(R"(["20:00-00:00"])")), "");
  EXPECT_EQ(sentences(over_midnight, night(R"(["00:00-24:00", "22:00-06:00"])")),
            "calendar hours: mon-fri 22:00-06:00 -> 00:00-06:00 of the next day\n");
  // WHY: it opens on another date, which decides whose exceptions close it.
  EXPECT_EQ(sentences(over_midnight, night(R"(["00:00-06:00", "22:00-24:00"])")),
            "calendar hours: mon-fri 22:00-06:00 -> 00:00-06:00, 22:00-24:00\n");
}

TEST(Difference, OfHoursThatAreApartIsToldAsTheyAre) {
  EXPECT_EQ(after_edit(R"(["09:00-17:00"])", R"(["13:00-17:00", "09:00-12:00"])"),
            "calendar hours: mon-fri 09:00-17:00 -> 09:00-12:00, 13:00-17:00\n");
}

TEST(Difference, NothingWhereABranchIsSpelledOtherwise) {
  std::string orders = edited(kOrders, "branch_attributes: {storm: bool}",
                              "branch_attributes: {storm: bool, walk: duration, since: time}");
  const auto with = [&](std::string_view attributes) {
    return book_of(edited(orders, "{storm: \"false\"}", attributes));
  };
  const BookPtr before = with("{walk: 1h, since: \"2026-01-05T09:00:00+02:00\"}");
  EXPECT_EQ(sentences(before, with("{since: \"2026-01-05T07:00:00Z\", walk: 60m}")), "");
  EXPECT_EQ(sentences(before, with("{walk: 61m, since: \"2026-01-05T09:00:00+02:00\"}")),
            "branch b-1: attribute walk \"1h\" -> \"1h1m\"\n");
  EXPECT_EQ(after_edit("reports: [ordered]", "reports: [ordered, ordered]"), "");
}

TEST(Difference, NothingWhereOnlyTheFormDiffers) {
  rules::language::Diagnostics unheard;
  const auto documents = rules::language::read_documents("p.yaml", std::string(kOrders), unheard);
  const BookPtr before = book_of(std::string(kOrders));
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    const std::string text = RandomLayout(seed).write(documents);
    EXPECT_EQ(sentences(before, book_of(text)), "") << "seed " << seed << "\n" << text;
  }
}

/// One random edit of a clause, of those that keep calendars and vocabularies.
std::string edited_at_random(std::mt19937& random) {
  static const std::vector<std::pair<std::string, std::string>> kEdits = {
      {"within: 1h", "within: 60m"},
      {"within: 1h", "within: 59m"},
      {"EUR 5.00", "EUR 5.01"},
      {"boundary: inclusive", "boundary: exclusive"},
      {"    settle: end\n", ""},
      {"    stack: replace\n", "    stack: add\n"},
      {"expire_after: 2000h", "expire_after: 7200000s"},
      {"then: record}\n      - {per: customer/year", "then: hold}\n      - {per: customer/year"},
      {", measure: elapsed}", "}"},
      {"count: started, ", ""},
      {"5 times", "5 time"},
      {"max_share: 1%", "max_share: 1.0%"},
      {"nature: damages", "nature: price_reduction"},
      {"{id: manual, approvers: 2", "{id: manual, approvers: 3"},
      {"ticket.kind == \"pizza\"", "ticket.kind=='pizza'"},
      {"objective: 95%", "objective: 94%"},
      {"objective: 95%", "objective: 95.0%"},
      {", reason: Rebuilding", ""}};
  std::string text(kOrders);
  for (size_t i = random() % 3; i > 0; --i) {
    const auto& [from, to] = kEdits[random() % kEdits.size()];
    if (const size_t at = text.find(from); at != std::string::npos) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

TEST(Difference, OfPromisesExactlyWhereTheirDigestsDiffer) {
  std::mt19937 random(20260105);
  int same_count = 0, other_count = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string left = edited_at_random(random), right = edited_at_random(random);
    const BookPtr before = book_of(left), after = book_of(right);
    ASSERT_TRUE(before && after);
    const bool is_same = before->promises[0].digest == after->promises[0].digest;
    EXPECT_EQ(sentences(before, after).empty(), is_same) << left << "=== and\n" << right;
    (is_same ? same_count : other_count) += 1;
  }
  EXPECT_GT(same_count, 20);
  EXPECT_GT(other_count, 100);
}

}  // namespace
}  // namespace lupaus::tests
