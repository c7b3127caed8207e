// A transfer that failed, and that the bank has booked all the same: it is paid once, and stays
// paid whatever was begun in between. And money that a person says has come back.
#include "rules/ledger/postings.h"
#include "tests/rules/ledger/desk.h"

namespace lupaus::tests {
namespace {

constexpr LocalDate kDay{2026, 1, 6};

std::string debit(Desk& d, std::optional<LocalDate> day = kDay) {
  return d.tell(RecordAnswer{1, Answer::paid, money("EUR 10.00"), "BOOK", "", "ref", "m-1", day},
                "anna", 48h);
}

/// Two transfers have left; a person has said that the first was not paid.
Desk failed() {
  Desk d = desk(Instrument::transfer);
  d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::paid, "", 2), "");
  EXPECT_EQ(d.decide(Action::fail), "");
  return d;
}

int64_t booked(Desk& d, rules::ledger::Posting::Kind more, rules::ledger::Posting::Kind less) {
  rules::ledger::PostingBook book(rules::ledger::closed_months(d.world().state().ledger));
  std::vector<rules::ledger::Posting> postings;
  for (const Fact& fact : d.world().facts()) book.take(fact, postings);
  int64_t sum = 0;
  for (const auto& one : postings) {
    if (one.kind == more) sum += one.amount.minor;
    if (one.kind == less) sum -= one.amount.minor;
  }
  return sum;
}

/// Both customers cost EUR 10.00 each, and that has left the bank.
void expect_paid_once(Desk& d) {
  using Kind = rules::ledger::Posting::Kind;
  EXPECT_EQ(d.state(), "paid");
  EXPECT_EQ(d.at(1).reversed_by, 0u);
  EXPECT_EQ(d.at(1).booked_on, kDay);
  EXPECT_EQ(booked(d, Kind::accrual, Kind::reversal), 2000);
  EXPECT_EQ(booked(d, Kind::settlement, Kind::giving_back), 2000);
  EXPECT_EQ(d.world().state().ledger.find(d.at(1).key)->number, 1u) << "it stands for the breach";
  EXPECT_EQ(d.tell(CloseBatch{}).substr(0, 14), "nothing_to_pay");
  rules::ledger::State again;
  for (const Fact& fact : d.world().facts()) again.evolve(fact);
  EXPECT_EQ(again.hash(), d.world().state().hash());
  EXPECT_EQ(again.ledger.find(d.at(1).key)->number, 1u);
}

TEST(AfterAll, IsPaidWhereNothingIsOwedAgain) {
  Desk d = failed();
  EXPECT_EQ(debit(d, {}).substr(0, 11), "wrong_state") << "a status is no booking";
  EXPECT_EQ(debit(d), "");
  expect_paid_once(d);
  EXPECT_EQ(d.decide(Action::release).substr(0, 11), "wrong_state");
}

TEST(AfterAll, DeclinesWhatIsOwedAgainAndHasNotLeft) {
  const std::function<void(Desk&)> steps[] = {
      [](Desk&) {},
      [](Desk& d) { EXPECT_EQ(d.decide(Action::hold, 3), ""); },
      [](Desk& d) { d.batch(Batch::draft); },
      [](Desk& d) { d.batch(Batch::approved); },
      [](Desk& d) {
        EXPECT_EQ(d.tell(ChangeInstrument{3, Instrument::voucher, "asked"}), "");
        EXPECT_EQ(d.settle(Settle::Outcome::voucher_issued, 3), "");
      },
      [](Desk& d) { EXPECT_EQ(d.decide(Action::decline, 3), ""); },
  };
  for (const auto& step : steps) {
    Desk d = failed();
    ASSERT_EQ(d.decide(Action::release), "");
    ASSERT_EQ(d.at(3).reverses, 1u);
    step(d);
    EXPECT_EQ(debit(d), "");
    EXPECT_EQ(d.at(3).state, PaidState::declined);
    EXPECT_EQ(d.tell(RedeemVoucher{"V-3", ""}).empty(), false);
    expect_paid_once(d);
    EXPECT_EQ(debit(d), "") << "said before";
    const size_t facts = d.world().facts().size();
    EXPECT_EQ(debit(d), "");
    EXPECT_EQ(d.world().facts().size(), facts);
  }
}

TEST(AfterAll, OthersOfTheBatchAreDrawnUpAnew) {
  Desk d = desk(Instrument::transfer, {}, 3);
  d.batch(Batch::exported);
  for (const uint64_t number : {1, 2}) {
    ASSERT_EQ(d.decide(Action::fail, number), "");
    ASSERT_EQ(d.decide(Action::release, number), "");
  }
  const std::string id = d.batch(Batch::approved);
  ASSERT_EQ(debit(d), "");
  EXPECT_EQ(d.batch_state(id), Batch::discarded);
  EXPECT_EQ(d.tell(ExportBatch{id, "csv"}).substr(0, 11), "wrong_state");
  d.batch(Batch::draft);
  EXPECT_EQ(d.all<BatchClosed>().back().numbers, std::vector<uint64_t>{5});
}

TEST(AfterAll, ComesBackAsAnyOther) {
  Desk d = failed();
  ASSERT_EQ(d.decide(Action::release), "");
  ASSERT_EQ(debit(d), "");
  ASSERT_EQ(d.tell(RecordAnswer{1, Answer::returned, money("EUR 10.00"), "MS03", "", "", "m-2",
                                LocalDate{2026, 1, 7}},
                   "anna", 72h),
            "");
  EXPECT_EQ(d.state(4), "owed (returned: MS03)");
  EXPECT_EQ(d.world().state().ledger.find(d.at(1).key)->number, 4u);
}

TEST(AfterAll, IsKeptAndToldWhereItHasLeftAgain) {
  Desk d = failed();
  ASSERT_EQ(d.decide(Action::release), "");
  d.batch(Batch::exported);
  EXPECT_EQ(debit(d), "");
  ASSERT_EQ(d.all<BankAnswered>().size(), 1u);
  EXPECT_EQ(d.state(), "failed (not paid: because)");
  EXPECT_EQ(d.at(1).booked_on, kDay);
  EXPECT_EQ(d.at(3).state, PaidState::dispatched);
  const std::string again = debit(d);
  EXPECT_NE(again.find("C-1-1 was owed again"), std::string::npos) << again;
  EXPECT_EQ(d.all<BankAnswered>().size(), 1u);
}

TEST(AfterAll, APersonSaysSoWithTheDay) {
  Desk d = failed();
  ASSERT_EQ(d.decide(Action::release), "");
  EXPECT_EQ(d.decide(Action::confirm).substr(0, 11), "wrong_state") << "without a day";
  EXPECT_EQ(d.tell(DecidePayout{1, Action::confirm, "statement 17", kDay}, "anna", 48h), "");
  EXPECT_EQ(d.at(3).state, PaidState::declined);
  expect_paid_once(d);
}

TEST(AfterAll, WhatCameBackIsOwedAgainOnceSomebodyReleasesIt) {
  Desk d = desk(Instrument::transfer, {}, 1);
  d.batch(Batch::exported);
  ASSERT_EQ(d.answer(Answer::paid), "");
  ASSERT_EQ(d.decide(Action::fail), "");
  EXPECT_EQ(d.state(), "reversed (because)");
  EXPECT_EQ(d.state(2), "held (came back: because)");
  EXPECT_EQ(d.tell(CloseBatch{}).substr(0, 14), "nothing_to_pay");
  ASSERT_EQ(d.decide(Action::release, 2, "berit"), "");
  EXPECT_EQ(d.batch(Batch::draft).empty(), false);
}

TEST(BookingDay, LiesAWeekAheadAtMost) {
  for (const auto& [day, is_taken] : {std::pair{LocalDate{2026, 1, 3}, true},
                                      {LocalDate{2026, 1, 14}, true},
                                      {LocalDate{2026, 1, 15}, false},
                                      {LocalDate{2999, 1, 1}, false}}) {
    Desk d = desk(Instrument::transfer);
    d.batch(Batch::exported);
    const std::string error = debit(d, day);
    EXPECT_EQ(error.empty(), is_taken) << format_local_date(day) << ": " << error;
    EXPECT_EQ(d.state(), is_taken ? "paid" : "dispatched");
  }
}

}  // namespace
}  // namespace lupaus::tests
