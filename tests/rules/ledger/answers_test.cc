// What the bank says of transfers, and what becomes of their batches.
#include "rules/ledger/verify_batch.h"
#include "tests/rules/ledger/desk.h"

namespace lupaus::tests {
namespace {

struct Said {
  Answer answer;
  std::string code;
  std::string error;  ///< "" or how it begins
  std::string state;
};
struct Course {
  std::string name;
  std::vector<Said> answers;
};
std::ostream& operator<<(std::ostream& out, const Course& course) { return out << course.name; }
class BankSays : public testing::TestWithParam<Course> {};

TEST_P(BankSays, EachOnceAndNothingThatItCannot) {
  Desk d = desk(Instrument::transfer);
  d.batch(Batch::exported);
  for (const Said& one : GetParam().answers) {
    for (int again = 0; again < 2; ++again) {
      const size_t before = d.world().facts().size();
      const std::string error = d.answer(one.answer, one.code);
      EXPECT_EQ(error.substr(0, one.error.empty() ? error.npos : one.error.size()), one.error);
      EXPECT_EQ(d.state(), one.state);
      if (again == 1) {
        EXPECT_EQ(d.world().facts().size(), before) << "said before";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BankSays,
    testing::Values(
        Course{"Paid",
               {{Answer::noted, "ACTC", "", "dispatched"},
                {Answer::noted, "ACSP", "", "dispatched"},
                {Answer::noted, "ACTC", "", "dispatched"},
                {Answer::paid, "ACSC", "", "paid"},
                {Answer::noted, "ACCC", "", "paid"},
                {Answer::rejected, "AM05", "wrong_state: the bank says that C-1-1", "paid"}}},
        Course{"Rejected",
               {{Answer::rejected, "AM05", "", "failed (AM05)"},
                {Answer::paid, "ACSC", "wrong_state: the bank says that C-1-1", "failed (AM05)"},
                {Answer::returned, "AM05", "", "failed (AM05)"}}},
        Course{"Returned",
               {{Answer::paid, "ACSC", "", "paid"},
                {Answer::returned, "MS03", "", "reversed (MS03)"},
                {Answer::paid, "ACSC", "", "reversed (MS03)"}}},
        Course{"ReturnedUnpaid", {{Answer::returned, "AC04", "", "reversed (AC04)"}}}),
    [](const auto& course) { return course.param.name; });

TEST(Returned, OwesAgainAndWaitsWhereTheAccountIsWrong) {
  for (const auto& [answer, state] : {std::pair{"MS03", "owed (returned: MS03)"},
                                      {"AC04", "held (bank: AC04)"},
                                      {"MD07", "held (bank: MD07)"}}) {
    Desk d = desk(Instrument::transfer);
    const std::string id = d.batch(Batch::exported);
    EXPECT_EQ(d.answer(Answer::paid), "");
    EXPECT_EQ(d.answer(Answer::returned, answer), "");
    EXPECT_EQ(d.state(3), state);
    EXPECT_EQ(d.at(3).reverses, 1u);
    EXPECT_EQ(d.at(1).reversed_by, 3u);
    EXPECT_EQ(d.at(3).amount, d.at(1).amount);
    EXPECT_TRUE(d.at(3).draws.empty());
    EXPECT_EQ(d.decide(Action::hold, 1).substr(0, 29), "wrong_state: C-1-1 is reverse");
    if (d.at(3).state == PaidState::held) {
      EXPECT_EQ(d.decide(Action::release, 3), "");
    }
    d.batch(Batch::exported);
    EXPECT_EQ(d.all<BatchClosed>().back().numbers, std::vector<uint64_t>{3});
    EXPECT_EQ(d.all<BatchClosed>().front().numbers, (std::vector<uint64_t>{1, 2}));
    EXPECT_EQ(d.answer(Answer::paid, "", 3), "");
    EXPECT_EQ(d.world().commitment("A1").compensation, 1u) << "the breach keeps its own";
  }
}

TEST(Failed, IsOwedAgainOnceByAPerson) {
  Desk d = desk(Instrument::transfer, approve_over_5, 1);
  EXPECT_EQ(d.decide(Action::approve, 1, "berit"), "");
  d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::rejected, "AC01"), "");
  EXPECT_EQ(d.decide(Action::decline), "wrong_state: C-1-1 is failed (AC01)");
  EXPECT_EQ(d.decide(Action::release, 1, "carl"), "");
  EXPECT_EQ(d.decide(Action::release, 1, "carl"), "wrong_state: C-1-1 is failed (AC01)");
  EXPECT_EQ(d.state(2), "owed (approval, failed before)");
  EXPECT_EQ(d.decide(Action::approve, 2, "carl").substr(0, 9), "four_eyes");
  EXPECT_EQ(d.decide(Action::approve, 2, "berit"), "");
  d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::paid, "", 2), "");
}

TEST(Answer, IsOfWhatHasLeftAndOfItsSum) {
  Desk d = desk(Instrument::transfer);
  EXPECT_EQ(d.answer(Answer::paid), "wrong_state: C-1-1 has left in no batch");
  const std::string id = d.batch(Batch::approved);
  EXPECT_EQ(d.answer(Answer::paid), "wrong_state: C-1-1 has left in no batch");
  EXPECT_EQ(d.tell(ExportBatch{id, "csv"}), "");
  EXPECT_EQ(d.tell(RecordAnswer{1, Answer::paid, money("EUR 10.01"), "ACSC", "", "", ""}),
            "amount_mismatch: expected EUR 10.00 for C-1-1, but the bank says EUR 10.01");
  EXPECT_EQ(
      d.tell(RecordAnswer{1, Answer::paid, money("SEK 10.00"), "ACSC", "", "", ""}).substr(0, 15),
      "amount_mismatch");
  EXPECT_EQ(d.state(), "dispatched");
  EXPECT_EQ(d.answer(Answer::paid, "", 9), "not_found: there is no compensation `C-1-9`");
}

TEST(PayoutBatch, IsSettledByItsLastAnswerAlone) {
  Desk d = desk(Instrument::transfer, {}, 3);
  const std::string id = d.batch(Batch::exported);
  EXPECT_EQ(d.answer(Answer::paid, "", 1), "");
  EXPECT_EQ(d.answer(Answer::rejected, "AC01", 2), "");
  EXPECT_EQ(d.batch_state(id), Batch::exported);
  EXPECT_EQ(d.answer(Answer::returned, "MS03", 3), "");
  EXPECT_EQ(d.batch_state(id), Batch::settled);
  EXPECT_EQ(d.answer(Answer::returned, "MS03", 1), "") << "a return comes weeks later";
  EXPECT_EQ(d.all<BatchSettled>().size(), 1u);
  EXPECT_EQ(d.tell(DiscardBatch{id, "late"}), "wrong_state: batch " + id + " is settled");
  EXPECT_EQ(rules::ledger::check_batch(d.world().state().ledger, 1,
                                       *d.world().state().ledger.find_batch(id)),
            std::vector<std::string>{});
}

TEST(PayoutBatch, ThatIsDiscardedDoesNothingMore) {
  Desk d = desk(Instrument::transfer);
  const std::string id = d.batch(Batch::approved);
  EXPECT_EQ(d.tell(DiscardBatch{id, ""}).substr(0, 10), "bad_reason");
  EXPECT_EQ(d.tell(DiscardBatch{id, "wrong day"}), "");
  EXPECT_EQ(d.tell(DiscardBatch{id, "wrong day"}), "wrong_state: batch " + id + " is discarded");
  EXPECT_EQ(d.tell(ApproveBatch{id, "h"}, "berit"), "wrong_state: batch " + id + " is discarded");
  EXPECT_EQ(d.tell(ExportBatch{id, "csv"}),
            "wrong_state: batch " + id + " is discarded: wrong day");
  EXPECT_EQ(d.state(), "owed");
  const std::string next = d.batch(Batch::exported);
  EXPECT_NE(next, id);
  EXPECT_EQ(d.all<BatchClosed>()[1].numbers, (std::vector<uint64_t>{1, 2}));
}

TEST(PayoutBatch, LeavesOutWhomFinanceDoesNotKnow) {
  Desk d = desk(Instrument::transfer);
  EXPECT_EQ(d.tell(CloseBatch{{}, {1, 2}}),
            "nothing_to_pay: 2 owed transfers have no payee, and there are no others");
  EXPECT_EQ(d.tell(CloseBatch{{}, {1}}), "");
  EXPECT_EQ(d.all<BatchClosed>()[0].numbers, std::vector<uint64_t>{2});
}

TEST(PayoutBatch, IsCheckedLineByLine) {
  Desk d = desk(Instrument::transfer);
  const std::string id = d.batch(Batch::exported);
  const auto& ledger = d.world().state().ledger;
  auto batch = *ledger.find_batch(id);
  const auto first = [&] {
    const auto found = rules::ledger::check_batch(ledger, 1, batch);
    return found.empty() ? "" : found.front();
  };
  EXPECT_EQ(first(), "");
  batch.total.minor += 1;
  EXPECT_EQ(first(), "the lines make EUR 20.00, and the total says EUR 20.01");
  batch.total.minor -= 1;
  batch.numbers = {1, 1};
  EXPECT_EQ(first(), "C-1-1 stands twice, or out of order");
  batch.numbers = {1, 2};
  batch.state = Batch::settled;
  EXPECT_EQ(first(), "C-1-1 is dispatched, and the batch is settled");
  batch.state = Batch::exported;
  batch.id = "B-other";
  EXPECT_EQ(first(), "C-1-1 says that it lies elsewhere");
}

TEST(Late, CountsATransferAsPaidOnlyWhenTheBankSaysSo) {  // R57
  const auto promised = [](Promise::Compensation& terms) {
    terms.due = Limit{Limit::Unit::business_days, {}, 1};
    terms.late = money("EUR 7.00");
  };
  for (const bool is_paid : {false, true}) {
    Desk d = desk(Instrument::transfer, promised, 1);
    d.batch(Batch::exported);
    EXPECT_EQ(d.answer(Answer::rejected, "AC01"), "");
    EXPECT_EQ(d.decide(Action::release), "");
    d.batch(Batch::exported);
    if (is_paid) {
      EXPECT_EQ(d.answer(Answer::paid, "", 2), "");
    }
    Facts facts;
    rules::ledger::settle_overdue(d.world().state(), World::at(40h), 10, facts);
    rules::ledger::settle_overdue(d.world().state(), World::at(400h), 10, facts);
    ASSERT_EQ(facts.size(), is_paid ? 0u : 1u) << "what was owed again in time is in time";
    if (!is_paid) {
      EXPECT_EQ(std::get<Owed>(facts[0].body).late_of, 1u);
    }
  }
}

/// What a restored ledger may say of one line or its batch, and the sentence that tells of it.
struct Lie {
  const char* told;
  std::function<void(Compensation&, rules::ledger::PayoutBatch&)> tell;
};

TEST(PayoutBatch, EveryLieAboutALineIsFound) {
  Desk d = desk(Instrument::transfer);
  const std::string id = d.batch(Batch::exported);
  const std::vector<Lie> lies = {
      {"has no sum", [](auto& line, auto&) { line.amount.reset(); }},
      {"has no sum", [](auto& line, auto&) { line.amount = money("EUR 0.00"); }},
      {"is in another currency", [](auto& line, auto&) { line.amount = money("SEK 10.00"); }},
      {"is above what the tariff computed",
       [](auto& line, auto&) { line.computed = money("EUR 9.99"); }},
      {"was not owed yet", [](auto& line, auto& batch) { batch.until = line.owed_at - 1ms; }},
      {"was not owed yet", [](auto& line, auto& batch) { batch.created_at = line.owed_at - 1ms; }},
      {"says that it lies elsewhere", [](auto& line, auto&) { line.batch = "B-2"; }},
      {"is no transfer", [](auto& line, auto&) { line.instrument = Instrument::webhook; }},
      {"names no customer", [](auto& line, auto&) { line.customer.clear(); }},
      {"awaits approval",
       [](auto& line, auto& batch) {
         batch.state = Batch::draft;
         line.state = PaidState::owed;
         line.reason = "approval";
       }},
      {"is owed, and the batch is exported",
       [](auto& line, auto&) { line.state = PaidState::owed; }},
      {"lies in batch B-2 as well", [](auto&, auto& batch) { batch.id = "B-1"; }}};
  for (const Lie& lie : lies) {
    Compensation first = d.at(1);
    auto batch = *d.world().state().ledger.find_batch(id);
    const auto find = [&](uint64_t number) { return number == 1 ? &first : &d.at(number); };
    rules::ledger::Batches all{{"B-2", batch}};
    all["B-2"].numbers = {1};
    all["B-2"].state = Batch::discarded;
    batch.until = batch.created_at = first.owed_at;
    first.computed = *first.amount;
    EXPECT_EQ(rules::ledger::check_batch(all, find, 1, batch), std::vector<std::string>{})
        << "each bound is kept to the last";
    lie.tell(first, batch);
    if (batch.id == "B-1") all["B-2"].state = Batch::settled;
    const auto found = rules::ledger::check_batch(all, find, 1, batch);
    EXPECT_EQ(std::count(found.begin(), found.end(), std::string("C-1-1 ") + lie.told), 1)
        << lie.told;
  }
  const auto unknown = rules::ledger::check_batch(
      {}, [](uint64_t) { return nullptr; }, 1, *d.world().state().ledger.find_batch(id));
  ASSERT_FALSE(unknown.empty());
  EXPECT_EQ(unknown.front(), "C-1-1 is not known");
}

TEST(PayoutBatch, TakesWhatWasOwedAtItsLastInstant) {
  Desk d = desk(Instrument::transfer);
  ASSERT_EQ(d.at(1).owed_at, World::at(1h));
  EXPECT_EQ(d.tell(CloseBatch{World::at(1h - 1ms)}).substr(0, 14), "nothing_to_pay");
  ASSERT_EQ(d.tell(CloseBatch{World::at(1h)}), "");
  EXPECT_EQ(d.all<BatchClosed>()[0].numbers, (std::vector<uint64_t>{1, 2}));
}

}  // namespace
}  // namespace lupaus::tests
