// What the books book, drawn from facts: each debt is an expense once, and a month that is closed
// has the same entries for ever.
#include "rules/ledger/postings.h"

#include "tests/rules/ledger/desk.h"

namespace lupaus::tests {
namespace {

using rules::ledger::Posting;
using Lines = std::vector<std::string>;

Instant moment(std::string_view text) { return *parse_instant(text); }

std::vector<Posting> postings_of(Desk& d) {
  rules::ledger::PostingBook book(rules::ledger::closed_months(d.world().state().ledger));
  std::vector<Posting> postings;
  for (const Fact& fact : d.world().facts()) book.take(fact, postings);
  return postings;
}

/// "2026-01 accrual C-1-1 EUR 10.00 of 2026-01-05", with the month that it corrects.
Lines book_of(Desk& d, const std::string& month = "") {
  static constexpr const char* kKinds[] = {"accrual", "reversal", "settlement", "return"};
  Lines lines;
  for (const Posting& one : postings_of(d)) {
    if (!month.empty() && one.month != month) continue;
    lines.push_back(one.month + " " + kKinds[static_cast<size_t>(one.kind)] + " " +
                    rules::ledger::compensation_id(1, one.number) + " " + format_money(one.amount) +
                    " on " + format_local_date(one.on) +
                    (one.corrects.empty() ? "" : " for " + one.corrects));
  }
  return lines;
}

RecordAnswer said(uint64_t number, Answer answer, std::optional<LocalDate> day = {}) {
  return {number, answer, money("EUR 10.00"), "MS03", "", "ref", "m-1", day};
}

TEST(Postings, OfATransferThatCameBackAndIsDeclined) {
  Desk d = desk(Instrument::transfer, {}, 1);
  d.batch(Batch::exported);
  ASSERT_EQ(d.tell(said(1, Answer::paid, LocalDate{2026, 1, 6}), "anna", 96h), "");
  ASSERT_EQ(d.tell(said(1, Answer::returned, LocalDate{2026, 1, 8}), "anna", 120h), "");
  ASSERT_EQ(d.at(1).reversed_by, 2u);
  ASSERT_EQ(d.tell(DecidePayout{2, Action::decline, "paid in cash"}, "anna", 121h), "");
  EXPECT_EQ(book_of(d), (Lines{"2026-01 accrual C-1-1 EUR 10.00 on 2026-01-05",
                               "2026-01 settlement C-1-1 EUR 10.00 on 2026-01-06",
                               "2026-01 return C-1-1 EUR 10.00 on 2026-01-08",
                               "2026-01 reversal C-1-2 EUR 10.00 on 2026-01-10"}));
}

TEST(Postings, AreOfEveryInstrument) {
  Desk voucher = desk(Instrument::voucher, {}, 1);
  ASSERT_EQ(voucher.settle(Settle::Outcome::voucher_issued), "");
  EXPECT_EQ(book_of(voucher).size(), 1u) << "nobody has redeemed it";
  ASSERT_EQ(voucher.tell(RedeemVoucher{"V-1", ""}), "");
  EXPECT_EQ(book_of(voucher), (Lines{"2026-01 accrual C-1-1 EUR 10.00 on 2026-01-05",
                                     "2026-01 settlement C-1-1 EUR 10.00 on 2026-01-05"}));
  Desk webhook = desk(Instrument::webhook, {}, 1);
  ASSERT_EQ(webhook.settle(Settle::Outcome::failed), "");
  ASSERT_EQ(webhook.decide(Action::release), "");
  ASSERT_EQ(webhook.settle(Settle::Outcome::paid, 2), "");
  EXPECT_EQ(book_of(webhook), (Lines{"2026-01 accrual C-1-1 EUR 10.00 on 2026-01-05",
                                     "2026-01 settlement C-1-2 EUR 10.00 on 2026-01-05"}))
      << "owed again it is no second expense";
}

TEST(Postings, KnowNoExpenseThatNobodyOwes) {
  Desk d = desk(Instrument::transfer);
  ASSERT_EQ(d.decide(Action::hold), "");
  EXPECT_EQ(book_of(d).size(), 2u) << "held it is an expense until somebody decides";
  ASSERT_EQ(d.decide(Action::decline), "");
  ASSERT_EQ(d.batch(Batch::approved).empty(), false);
  EXPECT_EQ(book_of(d), (Lines{"2026-01 accrual C-1-1 EUR 10.00 on 2026-01-05",
                               "2026-01 accrual C-1-2 EUR 10.00 on 2026-01-05",
                               "2026-01 reversal C-1-1 EUR 10.00 on 2026-01-05"}));
}

TEST(Postings, OfAClosedMonthNeverChange) {
  Desk d = desk(Instrument::transfer);
  d.batch(Batch::exported);
  ASSERT_EQ(d.tell(said(1, Answer::paid, LocalDate{2026, 1, 6}), "anna", 96h), "");
  const Duration february = moment("2026-02-03T08:00:00Z") - World::at(0h);
  const Position through = d.world().state().next_position - 1;
  const Lines before = book_of(d, "2026-01");
  ASSERT_EQ(d.tell(said(2, Answer::paid, LocalDate{2026, 1, 30}), "anna", february), "");
  ASSERT_EQ(d.tell(ClosePeriod{"2026-01", through, "f00d"}, "anna", february + 1h), "")
      << "it was told while the month was drawn up";
  ASSERT_EQ(d.tell(said(1, Answer::returned, LocalDate{2026, 1, 31}), "anna", february + 48h), "");
  EXPECT_EQ(book_of(d, "2026-01"), before);
  EXPECT_EQ(book_of(d, "2026-02"),
            (Lines{"2026-02 settlement C-1-2 EUR 10.00 on 2026-02-03 for 2026-01",
                   "2026-02 return C-1-1 EUR 10.00 on 2026-02-05 for 2026-01"}));
  const auto& period = d.world().state().ledger.periods().at("2026-01");
  EXPECT_EQ(period.through, through);
  EXPECT_EQ(period.postings_sha256, "f00d");
  EXPECT_EQ(rules::ledger::closing_of(d.world().state().ledger, "2025-11"), &period);
  EXPECT_EQ(rules::ledger::closing_of(d.world().state().ledger, "2026-02"), nullptr);
}

}  // namespace
}  // namespace lupaus::tests
