// Statements against payments that were sent: what the ledger is asked to record, what was recorded
// before, and what is left for people.
#include "server/finance/answer_matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/server/finance/bank_letters.h"

namespace lupaus::server::finance {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::Money;
using rules::model::PaidState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Entry;
using tests::Letter;
using tests::write_camt054;
using tests::write_pain002;

const rules::model::Currency kEuro{{'E', 'U', 'R'}};
const std::string kBatchId = "B-20260105-0001";

/// Payments C-1-1 of EUR 10, C-1-2 of EUR 20 … of one exported batch, and C-1-9 of a draft.
class Sent {
 public:
  Sent() {
    batch_.id = kBatchId;
    batch_.state = PayoutBatch::State::exported;
    draft_.id = "B-20260105-0002";
    for (uint64_t number = 1; number <= 3; ++number) add(number, batch_.id, PaidState::dispatched);
    add(9, draft_.id, PaidState::owed);
  }

  /// One line a result: what is asked, known or unmatched, in this order.
  std::vector<std::string> import(const std::string& file) {
    const auto answer = read_bank_answer(file);
    EXPECT_TRUE(answer.ok()) << rules::model::format_error(answer ? rules::model::Error{}
                                                                  : answer.error());
    if (!answer) return {};
    const Matches matches = match(*answer, payments());
    asked_.clear();
    std::vector<std::string> lines;
    for (const MatchedAnswer& matched : matches.answers) {
      asked_.push_back(matched.command);
      lines.push_back(show(matched.command));
      fold(matched.command);
    }
    for (const KnownAnswer& known : matches.known)
      lines.push_back("known C-1-" + std::to_string(known.number));
    for (const UnmatchedStatement& missed : matches.unmatched)
      lines.push_back(std::string(format_mismatch(missed.why)) +
                      (missed.number == 0 ? "" : " C-1-" + std::to_string(missed.number)));
    return lines;
  }

  Compensation& line(uint64_t number) { return lines_.at(number); }
  PayoutBatch& batch() { return batch_; }
  /// What the last import asked of the ledger.
  const std::vector<rules::model::RecordAnswer>& asked() const { return asked_; }

 private:
  void add(uint64_t number, const std::string& batch, PaidState state) {
    Compensation& line = lines_[number];
    line.number = number;
    line.batch = batch;
    line.amount = Money{kEuro, static_cast<int64_t>(number) * 1000};
    line.state = state;
  }

  SentPayments payments() const {
    SentPayments payments;
    for (const auto& [number, line] : lines_)
      payments.add(line.batch == batch_.id ? batch_ : draft_, line);
    return payments;
  }

  static std::string show(const rules::model::RecordAnswer& command) {
    constexpr const char* kAnswers[] = {"noted", "paid", "rejected", "returned"};
    return std::string(kAnswers[static_cast<size_t>(command.answer)]) + " C-1-" +
           std::to_string(command.number) + " " + command.code +
           (command.reason.empty() ? "" : ": " + command.reason);
  }

  /// As the ledger does.
  void fold(const rules::model::RecordAnswer& command) {
    using Answer = rules::model::RecordAnswer::Answer;
    Compensation& line = lines_.at(command.number);
    line.bank_code = command.code;
    const bool is_payment = command.answer == Answer::paid || line.state == PaidState::paid;
    if (is_payment && command.booked_on) line.booked_on = command.booked_on;
    if (command.answer == Answer::paid) line.reference = command.reference;
    if (command.answer == Answer::paid) {
      line.state = PaidState::paid;
      line.paid_at = rules::model::from_unix_ms(1);
    } else if (command.answer == Answer::rejected) {
      line.state = PaidState::failed;
    } else if (command.answer == Answer::returned) {
      line.state = PaidState::reversed;
    }
  }

  PayoutBatch batch_, draft_;
  std::map<uint64_t, Compensation> lines_;
  std::vector<rules::model::RecordAnswer> asked_;
};

std::string report(const std::string& group, const std::vector<Letter>& letters,
                   const std::string& message_id = kBatchId) {
  return write_pain002("10", message_id, group, letters);
}

TEST(Matching, TakesAPartRejectionPaymentByPayment) {
  Sent sent;
  const std::string file = report(
      "PART", {{"C-1-1", "ACSC", "10.00"}, {"C-1-2", "RJCT", "20.00", "AC04", "", "see bank"}});
  EXPECT_THAT(sent.import(file),
              ElementsAre("paid C-1-1 ACSC", "rejected C-1-2 AC04: account closed (see bank)"));
  EXPECT_EQ(sent.line(3).state, PaidState::dispatched) << "silence was taken for an answer";
  EXPECT_THAT(sent.import(file), ElementsAre("known C-1-1", "known C-1-2"));
}

TEST(Matching, TakesSilenceForNothing) {
  for (const std::string& file :
       {report("PART", {}), report("", {}), report("BLCK", {}), report("ACSC", {{"C-1-1", "", ""}}),
        report("", {{"C-1-1", "ZZZZ", "10.00"}})}) {
    Sent sent;
    sent.import(file);
    for (uint64_t number = 1; number <= 3; ++number)
      EXPECT_EQ(sent.line(number).state, PaidState::dispatched) << file;
  }
}

TEST(Matching, SpreadsAStatementOfTheWholeOverItsPayments) {
  Sent rejected, accepted, paid, mixed;
  EXPECT_THAT(rejected.import(report("RJCT", {})),
              ElementsAre("rejected C-1-1 RJCT", "rejected C-1-2 RJCT", "rejected C-1-3 RJCT"));
  EXPECT_THAT(accepted.import(report("ACCP", {})),
              ElementsAre("noted C-1-1 ACCP", "noted C-1-2 ACCP", "noted C-1-3 ACCP"));
  EXPECT_THAT(accepted.import(report("ACCP", {})),
              ElementsAre("known C-1-1", "known C-1-2", "known C-1-3"));
  EXPECT_THAT(paid.import(report("ACSC", {})),
              ElementsAre("paid C-1-1 ACSC", "paid C-1-2 ACSC", "paid C-1-3 ACSC"));
  EXPECT_THAT(mixed.import(report("RJCT", {{"C-1-2", "RJCT", "", "AC01"}})),
              ElementsAre("rejected C-1-2 AC01: account number incorrect", "rejected C-1-1 RJCT",
                          "rejected C-1-3 RJCT"));
}

TEST(Matching, TakesAReturnAfterPaid) {
  Sent sent;
  const std::string debit = write_camt054({Entry{{{"C-1-1", "", "10.00"}}}});
  const std::string credit =
      write_camt054({Entry{{{"C-1-1", "", "10.00", "MD07", "", ""}}, "CRDT"}});
  EXPECT_THAT(sent.import(debit), ElementsAre("paid C-1-1 BOOK"));
  EXPECT_THAT(sent.import(credit), ElementsAre("returned C-1-1 MD07: payee deceased"));
  EXPECT_THAT(sent.import(credit), ElementsAre("known C-1-1"));
  EXPECT_THAT(sent.import(debit), ElementsAre("known C-1-1"));
}

TEST(Matching, FoldsAFileThatSaysSomethingTwice) {
  Sent sent;
  Entry twice{{{"C-1-1", "", "10.00"}, {"C-1-1", "", "10.00"}}};
  Entry back{{{"C-1-1", "", "10.00", "AC04"}}, "CRDT"};
  EXPECT_THAT(sent.import(write_camt054({twice, back, back})),
              ElementsAre("paid C-1-1 BOOK", "returned C-1-1 AC04: account closed", "known C-1-1",
                          "known C-1-1"));
}

TEST(Matching, SaysWhyItCouldNotUseAStatement) {
  const std::pair<std::string, std::string> cases[] = {
      {report("", {{"C-1-1", "ACSC", ""}}, "B-20260105-0007"), "unknown message id"},
      {report("RJCT", {}, "B-20260105-0007"), "unknown message id"},
      {report("", {{"C-1-7", "ACSC", ""}}), "unknown end-to-end id"},
      {report("", {{"NOTPROVIDED", "ACSC", ""}}), "unknown end-to-end id"},
      {report("", {{"C-1-9", "ACSC", ""}}), "unknown end-to-end id"},
      {report("", {{"C-1-9", "ACSC", ""}}, "B-20260105-0002"), "not sent to a bank C-1-9"},
      {report("", {{"C-1-1", "ACSC", "10.01"}}), "amount differs C-1-1"},
      {report("", {{"C-1-1", "RJCT", "1000"}}), "amount differs C-1-1"},
      {report("", {{"C-1-1", "ACSC", "10.00", "", "", "", "SEK"}}), "currency differs C-1-1"},
      {report("", {{"C-1-1", "ZZZZ", "10.00"}}), "unknown status C-1-1"},
      {write_camt054({Entry{{{"C-1-1", "", ""}, {"C-1-2", "", "20.00"}}}}), "no amount C-1-1"},
      {write_camt054({Entry{{{"C-1-1", "", "10.00"}}, "CRDT"}}), "unknown status C-1-1"},
      {write_camt054({Entry{}}), "unknown end-to-end id"},
  };
  for (const auto& [file, why] : cases) {
    Sent sent;
    EXPECT_THAT(sent.import(file), ::testing::Contains(why)) << file;
  }
}

TEST(Matching, KeepsTheFirstResultWhereTwoDiffer) {
  Sent sent;
  EXPECT_THAT(sent.import(report("", {{"C-1-1", "ACSC", ""}, {"C-1-2", "RJCT", ""}})),
              ElementsAre("paid C-1-1 ACSC", "rejected C-1-2 RJCT"));
  EXPECT_THAT(sent.import(report("", {{"C-1-1", "RJCT", ""}, {"C-1-2", "ACSC", ""}})),
              ElementsAre("already settled with another result C-1-1",
                          "already settled with another result C-1-2"));
}

TEST(Matching, AsksTheLedgerOfABookingOfWhatFailed) {
  Sent sent;
  sent.import(report("", {{"C-1-1", "RJCT", ""}}));
  const std::string debit = write_camt054({Entry{{{"C-1-1", "", "10.00"}}}});
  EXPECT_THAT(sent.import(debit), ElementsAre("paid C-1-1 BOOK"));
  EXPECT_THAT(sent.import(debit), ElementsAre("known C-1-1"));
}

TEST(Matching, LeavesASecondDebitToPeople) {
  Sent sent;
  const std::string debit = write_camt054({Entry{{{"C-1-1", "", "10.00"}}}});
  const auto with = [&](const std::string& text, const std::string& other) {
    std::string changed = debit;
    for (size_t at = 0; (at = changed.find(text, at)) != changed.npos; at += other.size())
      changed.replace(at, text.size(), other);
    return changed;
  };
  EXPECT_THAT(sent.import(debit), ElementsAre("paid C-1-1 BOOK"));
  EXPECT_THAT(sent.import(with("REF", "OTHER")), ElementsAre("known C-1-1"));
  std::string second = with("REF", "OTHER");
  second.replace(second.find("<BookgDt><Dt>2026-01-07"), 23, "<BookgDt><Dt>2026-01-08");
  EXPECT_THAT(sent.import(second),
              ElementsAre("booked before, on another day and under another reference C-1-1"));
}

TEST(Matching, TakesNoTotalThatABookingDoesNotName) {
  Sent sent;
  Entry whole{{}, "DBIT", "BOOK", "1.00"};
  whole.is_batch = true;
  whole.count = "3";
  const std::string one = write_camt054({whole});
  const size_t begin = one.find("<NtryDtls>"), end = one.find("</NtryDtls>") + 11;
  ASSERT_LT(begin, end);
  std::string two = one;
  two.insert(end, one.substr(begin, end - begin));
  const std::string total = "<TtlAmt Ccy=\"EUR\">1.00</TtlAmt>";
  for (size_t at = 0; (at = two.find(total)) != two.npos;) two.erase(at, total.size());
  EXPECT_THAT(sent.import(two), ElementsAre("no amount", "no amount")) << two;
}

TEST(Matching, FindsAPaymentWithoutTheMessageIdButNotAgainstIt) {
  Sent sent;
  Letter without{"C-1-1", "", "10.00"}, against{"C-1-2", "", "20.00"};
  without.message_id = "";
  against.message_id = "B-20260105-0002";
  EXPECT_THAT(sent.import(write_camt054({Entry{{without, against}}})),
              ElementsAre("paid C-1-1 BOOK", "unknown end-to-end id"));
}

TEST(Matching, TakesABookedTotalOnlyWhenItIsThatOfWhatIsUnderWay) {
  Entry whole{{}, "DBIT", "BOOK", "60.00"};
  whole.is_batch = true;
  whole.count = "3";
  Sent sent, part;
  EXPECT_THAT(sent.import(write_camt054({whole})),
              ElementsAre("paid C-1-1 BOOK", "paid C-1-2 BOOK", "paid C-1-3 BOOK"));
  EXPECT_THAT(sent.import(write_camt054({whole})),
              ElementsAre("known C-1-1", "known C-1-2", "known C-1-3"));
  std::string by_block = write_camt054({whole});
  const std::string id = "<MsgId>" + kBatchId + "</MsgId>";
  by_block.erase(by_block.find(id), id.size());
  EXPECT_THAT(sent.import(by_block), ElementsAre("known C-1-1", "known C-1-2", "known C-1-3"));
  part.import(report("PART", {{"C-1-2", "RJCT", ""}}));
  EXPECT_THAT(part.import(write_camt054({whole})), ElementsAre("amount differs"));
  whole.total = "40.00";
  whole.count = "2";
  EXPECT_THAT(part.import(write_camt054({whole})),
              ElementsAre("paid C-1-1 BOOK", "paid C-1-3 BOOK"));
}

TEST(Matching, TakesTheDayOfAPaymentAlsoWhenItIsToldLater) {
  const std::string booked =
      write_camt054({Entry{{{"C-1-1", "", "10.00"}}, "DBIT", "BOOK", "10.00"}});
  const std::optional<rules::model::LocalDate> day = rules::model::LocalDate{2026, 1, 7};
  Sent sent;
  EXPECT_THAT(sent.import(booked), ElementsAre("paid C-1-1 BOOK"));
  EXPECT_EQ(sent.asked().at(0).booked_on, day);
  EXPECT_THAT(sent.import(booked), ElementsAre("known C-1-1"));
  Sent told;
  EXPECT_THAT(told.import(report("", {{"C-1-1", "ACSC", "10.00"}})),
              ElementsAre("paid C-1-1 ACSC"));
  EXPECT_FALSE(told.asked().at(0).booked_on);
  EXPECT_THAT(told.import(booked), ElementsAre("noted C-1-1 BOOK"));
  EXPECT_EQ(told.asked().at(0).booked_on, day);
  EXPECT_THAT(told.import(booked), ElementsAre("known C-1-1"));
}

TEST(Matching, TakesABookedTotalOnlyOfAsManyPayments) {
  Entry whole{{}, "DBIT", "BOOK", "60.00"};
  whole.is_batch = true;
  whole.count = "2";
  Sent sent;
  EXPECT_THAT(sent.import(write_camt054({whole})), ElementsAre("amount differs"));
  whole.count = "3";
  EXPECT_EQ(sent.import(write_camt054({whole})).size(), 3u);
  for (const auto& command : sent.asked())
    EXPECT_EQ(command.amount, std::nullopt) << "its part of the total is nowhere said";
}

TEST(Matching, LeavesTheSumToTheLedgerToo) {
  Sent sent;
  sent.import(report("", {{"C-1-1", "ACSC", "10.00"}, {"C-1-2", "RJCT", "", "AC04"}}));
  ASSERT_EQ(sent.asked().size(), 2u);
  EXPECT_EQ(sent.asked()[0].amount, (Money{kEuro, 1'000}));
  EXPECT_EQ(sent.asked()[0].reference, "REF-C-1-1");
  EXPECT_EQ(sent.asked()[0].message, "BANK-1");
  EXPECT_EQ(sent.asked()[1].amount, std::nullopt) << "the bank said none";
}

/// Whatever a bank says in whatever order: nothing is paid twice, nothing is both paid and refused
/// without having come back, and all of it again changes nothing.
TEST(Matching, IsIdempotentUnderAnyAnswers) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](auto list) { return list[random() % list.size()]; };
  const std::vector<std::string> statuses = {"ACSC", "RJCT", "ACSP", "PDNG", "ACCP", "", "ZZZZ"};
  const std::vector<std::string> amounts = {"10.00", "20.00", "30.00", ""};
  for (int round = 0; round < 300; ++round) {
    Sent sent;
    std::vector<std::string> files;
    for (int i = 0; i < 4; ++i) {
      std::vector<Letter> letters;
      for (size_t n = random() % 4; n > 0; --n)
        letters.push_back(
            {"C-1-" + std::to_string(1 + random() % 4), pick(statuses), pick(amounts)});
      files.push_back(random() % 2 == 0 ? report(pick(statuses), letters)
                                        : write_camt054({Entry{
                                              letters, pick(std::vector<std::string>{"DBIT"})}}));
    }
    std::map<std::string, int> paid;
    for (const std::string& file : files)
      for (const std::string& line : sent.import(file))
        if (line.starts_with("paid ")) ++paid[line.substr(5, 5)];
    for (const auto& [payment, times] : paid) EXPECT_EQ(times, 1) << payment;
    std::map<uint64_t, PaidState> states;
    for (uint64_t number = 1; number <= 3; ++number) states[number] = sent.line(number).state;
    for (const std::string& file : files) sent.import(file);
    for (const auto& [number, state] : states) {
      EXPECT_TRUE(state == PaidState::dispatched || sent.line(number).state == state) << number;
    }
  }
}

}  // namespace
}  // namespace lupaus::server::finance
