// The day on which the bank booked a payment decides whether it came in time, not the day on which
// finance imports the answer; and what a posting file has made an expense is none again.
#include "rules/ledger/overdue.h"
#include "tests/rules/ledger/desk.h"

namespace lupaus::tests {
namespace {

/// 24:00 of 2026-01-06, the first business day after.
constexpr Duration kOverdue = 39h;
constexpr Duration kGrace = 7 * 24h;

void promise_payout(Promise::Compensation& terms) {
  terms.due = Limit{Limit::Unit::business_days, {}, 1};
  terms.late = money("EUR 7.00");
}

size_t late_after(Desk& d, Duration now) {
  Facts facts;
  rules::ledger::settle_overdue(d.world().state(), World::at(now), 10, facts);
  return facts.size();
}

RecordAnswer booked(std::optional<LocalDate> day, Answer answer = Answer::paid) {
  return {1, answer, money("EUR 10.00"), "ACSC", "", "ref", "m-1", day};
}

Desk exported() {
  Desk d = desk(Instrument::transfer, promise_payout, 1);
  d.batch(Batch::exported);
  return d;
}

TEST(Booked, InTimeIsInTimeHoweverLateItIsTold) {
  Desk d = exported();
  EXPECT_EQ(late_after(d, kOverdue), 0u) << "nobody knows yet";
  EXPECT_EQ(d.world().state().ledger.next_overdue(), World::at(kOverdue + kGrace));
  EXPECT_FALSE(
      rules::ledger::is_due_missed(d.world().state(), d.at(1), World::at(kOverdue + kGrace - 1ms)));
  EXPECT_EQ(d.tell(booked(LocalDate{2026, 1, 6}), "anna", kOverdue + 72h), "");
  EXPECT_EQ(d.at(1).booked_on, (LocalDate{2026, 1, 6}));
  EXPECT_EQ(d.all<Paid>().at(0).booked_on, (LocalDate{2026, 1, 6}));
  EXPECT_FALSE(rules::ledger::is_due_missed(d.world().state(), d.at(1), World::at(400h)));
  EXPECT_EQ(late_after(d, 400h), 0u);
}

TEST(Booked, TooLateIsOwedForAtOnce) {
  Desk d = exported();
  EXPECT_EQ(late_after(d, kOverdue), 0u);
  EXPECT_EQ(d.tell(booked(LocalDate{2026, 1, 7}), "anna", kOverdue + 24h), "");
  EXPECT_EQ(late_after(d, kOverdue + 24h), 1u);
  EXPECT_EQ(d.at(2).late_of, 1u);
  EXPECT_EQ(late_after(d, 400h), 0u) << "once";
}

/// Whether the customer had it in time, nobody has said.
constexpr const char* kUnsure =
    "held (no booking day from the bank, late: C-1-1 was due on 2026-01-06)";

TEST(Booked, WithoutADayTheTimeOfTheImportCounts) {
  Desk d = exported();
  EXPECT_EQ(d.tell(booked(std::nullopt), "anna", kOverdue + 1h), "");
  EXPECT_EQ(late_after(d, kOverdue + kGrace - 1ms), 0u) << "the day may still be told";
  EXPECT_EQ(late_after(d, kOverdue + kGrace), 1u);
  EXPECT_EQ(d.state(2), kUnsure);
}

TEST(Booked, OnADayThatIsToldAfterThePayment) {
  for (const uint8_t day : {uint8_t{6}, uint8_t{7}}) {
    Desk d = exported();
    ASSERT_EQ(d.tell(booked(std::nullopt), "anna", kOverdue + 1h), "");
    const Instant paid_at = d.at(1).paid_at;
    ASSERT_EQ(d.tell(booked(LocalDate{2026, 1, day}), "anna", kOverdue + 72h), "");
    ASSERT_EQ(d.tell(booked(LocalDate{2026, 1, day}), "anna", kOverdue + 73h), "");
    EXPECT_EQ(d.all<BankAnswered>().size(), 1u) << "once";
    EXPECT_EQ(d.at(1).paid_at, paid_at);
    EXPECT_TRUE(d.at(1).is_day_told_later);
    EXPECT_EQ(late_after(d, kOverdue + 73h), day == 6 ? 0u : 1u);
    EXPECT_EQ(late_after(d, 900h), 0u);
  }
}

TEST(Booked, IsNotWaitedForForEver) {
  Desk d = exported();
  EXPECT_EQ(late_after(d, kOverdue + kGrace - 1ms), 0u);
  EXPECT_EQ(late_after(d, kOverdue + kGrace), 1u);
  EXPECT_EQ(d.state(2), kUnsure) << "nobody is paid for what may have been in time";
  EXPECT_EQ(d.tell(booked(LocalDate{2026, 1, 6}), "anna", kOverdue + kGrace), "");
  EXPECT_EQ(late_after(d, 900h), 0u);
}

TEST(Booked, IsNotWaitedForWhereItLeftTooLate) {
  Desk d = desk(Instrument::transfer, promise_payout, 1);
  ASSERT_EQ(d.tell(CloseBatch{}), "");
  const std::string id = d.all<BatchClosed>().back().id;
  ASSERT_EQ(d.tell(ApproveBatch{id, "h"}, "berit"), "");
  ASSERT_EQ(d.tell(ExportBatch{id, "csv"}, "anna", kOverdue), "");
  EXPECT_EQ(late_after(d, kOverdue), 1u);
}

TEST(Booked, RefusedAfterItsDayIsLateAtOnce) {
  Desk d = exported();
  EXPECT_EQ(late_after(d, kOverdue), 0u);
  EXPECT_EQ(d.tell(booked(std::nullopt, Answer::rejected), "anna", kOverdue + 1h), "");
  EXPECT_EQ(late_after(d, kOverdue + 1h), 1u);
}

TEST(Booked, IsTheSameFromTheFacts) {
  Desk d = exported();
  ASSERT_EQ(d.tell(booked(LocalDate{2026, 1, 6}), "anna", 60h), "");
  ASSERT_EQ(d.tell(booked(LocalDate{2026, 1, 9}, Answer::returned), "anna", 120h), "");
  EXPECT_EQ(d.at(1).returned_on, (LocalDate{2026, 1, 9}));
  rules::ledger::State replayed;
  for (const auto& fact : d.world().facts()) replayed.evolve(fact);
  EXPECT_EQ(replayed.hash(), d.world().state().hash());
  EXPECT_EQ(replayed.ledger.find(1)->returned_on, (LocalDate{2026, 1, 9}));
}

TEST(Told, ByAPersonAsByABank) {
  for (const uint8_t day : {uint8_t{6}, uint8_t{7}}) {
    Desk d = exported();
    const std::string batch = d.at(1).batch;
    DecidePayout paid{1, Action::confirm, "statement 17"};
    paid.booked_on = LocalDate{2026, 1, day};
    EXPECT_EQ(d.tell(paid, "anna", kOverdue + 72h), "");
    EXPECT_EQ(d.state(), "paid");
    EXPECT_EQ(d.at(1).reference, "statement 17");
    EXPECT_EQ(d.batch_state(batch), Batch::settled);
    EXPECT_EQ(late_after(d, kOverdue + 72h), day == 6 ? 0u : 1u);
    if (day == 7) {
      EXPECT_EQ(d.at(2).state, PaidState::owed);
    }
  }
}

TEST(Told, ThatNothingWasPaidOwesItAgainWhenItIsReleased) {
  Desk d = exported();
  const std::string batch = d.at(1).batch;
  EXPECT_EQ(d.tell(DecidePayout{1, Action::fail, ""}).substr(0, 10), "bad_reason");
  EXPECT_EQ(d.decide(Action::fail), "");
  EXPECT_EQ(d.state(), "failed (not paid: because)");
  EXPECT_EQ(d.batch_state(batch), Batch::settled);
  EXPECT_EQ(d.decide(Action::release), "");
  EXPECT_EQ(d.at(2).reverses, 1u);
  EXPECT_EQ(d.state(2), "owed (failed before)");
  EXPECT_NE(d.batch(Batch::exported), batch);
}

TEST(Told, OnlyOfATransferThatHasLeft) {
  Desk d = desk(Instrument::transfer, promise_payout, 1);
  for (const Action action : {Action::confirm, Action::fail})
    EXPECT_EQ(d.decide(action).substr(0, 11), "wrong_state") << "owed";
  const std::string id = d.batch(Batch::approved);
  for (const Action action : {Action::confirm, Action::fail})
    EXPECT_EQ(d.decide(action).substr(0, 11), "wrong_state") << "approved";
  ASSERT_EQ(d.tell(ExportBatch{id, "csv"}), "");
  ASSERT_EQ(d.answer(Answer::paid), "");
  EXPECT_EQ(d.decide(Action::confirm).substr(0, 11), "wrong_state") << "paid";
}

TEST(Accrued, OnceHoweverOftenABatchIsDrawnUp) {
  Desk d = desk(Instrument::transfer);
  const std::string first = d.batch(Batch::approved);
  EXPECT_EQ(d.at(1).accrued_in, "");
  ASSERT_EQ(d.tell(ExportBatch{first, "posting"}), "");
  ASSERT_EQ(d.tell(ExportBatch{first, "posting"}), "");
  EXPECT_EQ(d.all<BatchAccrued>().size(), 1u);
  EXPECT_TRUE(d.all<BatchExported>().empty()) << "books move no money";
  EXPECT_EQ(d.at(1).accrued_in, first);
  ASSERT_EQ(d.tell(DiscardBatch{first, "wrong day"}), "");
  EXPECT_EQ(d.tell(ExportBatch{first, "posting"}), "") << "its reversals are told there";
  const std::string second = d.batch(Batch::approved);
  ASSERT_NE(first, second);
  ASSERT_EQ(d.tell(ExportBatch{second, "posting"}), "");
  EXPECT_EQ(d.all<BatchAccrued>().size(), 1u) << "nothing of it is new";
  EXPECT_EQ(d.world().state().ledger.accrued_by(1), first);
}

TEST(Accrued, OnlyByAFileThatWasHandedOut) {
  Desk d = desk(Instrument::webhook);
  ASSERT_EQ(d.settle(Settle::Outcome::failed), "");
  ASSERT_EQ(d.decide(Action::release), "");
  ASSERT_EQ(d.tell(ChangeInstrument{3, Instrument::transfer, "no webhook"}), "");
  const std::string id = d.batch(Batch::exported);
  EXPECT_EQ(d.world().state().ledger.accrued_by(3), "") << "a webhook is in no posting file";
  ASSERT_EQ(d.tell(ExportBatch{id, "posting"}), "");
  EXPECT_EQ(d.world().state().ledger.accrued_by(3), id);
  EXPECT_EQ(d.world().state().ledger.accrued_by(1), id) << "it owes the first again";
}

TEST(Accrued, OfADiscardedBatchThatWasInNoBooksThereIsNoFile) {
  Desk d = desk(Instrument::transfer);
  const std::string id = d.batch(Batch::approved);
  ASSERT_EQ(d.tell(DiscardBatch{id, "wrong day"}), "");
  EXPECT_EQ(d.tell(ExportBatch{id, "posting"}).substr(0, 11), "wrong_state");
}

}  // namespace
}  // namespace lupaus::tests
