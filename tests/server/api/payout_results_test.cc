// The bank's answers over a real gRPC server: what is recorded, what is refused whole, and what the
// command line says of it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "clients/cli/context.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/payout_results.grpc.pb.h"
#include "tests/server/finance/bank_letters.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using rules::model::BankAnswered;
using rules::model::Failed;
using rules::model::Paid;
using rules::model::Reversed;
using std::chrono::minutes;

/// Three loans that were served too late, EUR 25 each, in an exported batch: C-1-1 to C-1-3.
class BankAnswers : public testing::Test {
 protected:
  explicit BankAnswers(const std::function<void(server::config::Config&)>& change = {})
      : running_(true, change) {}
  void SetUp() override {
    stream_.hello("b1/counter");
    std::vector<v1::Event> issued, served;
    for (const char* ticket : {"L1", "L2", "L3"}) {
      issued.push_back(make_event(ticket, "issued", minutes(0), "loan"));
      (*issued.back().mutable_attributes())["customer"] = std::string("c-") + ticket;
      served.push_back(make_event(ticket, "service_started", minutes(31)));
    }
    send(issued);
    come_to(minutes(31));
    send(served);
    come_to(minutes(32));
    auto stub = v1::PayoutService::NewStub(running_.channel());
    v1::PayoutBatch batch;
    ASSERT_TRUE(stub->CreatePayoutBatch(make_context("anna").get(), {}, &batch).ok());
    v1::ApprovePayoutBatchRequest approve;
    approve.set_id(batch.id());
    ASSERT_TRUE(stub->ApprovePayoutBatch(make_context("bea").get(), approve, &batch).ok());
    v1::ExportPayoutBatchRequest file;
    file.set_id(batch.id());
    file.set_format("csv");
    v1::ExportPayoutBatchResponse exported;
    ASSERT_TRUE(stub->ExportPayoutBatch(make_context("anna").get(), file, &exported).ok());
    ASSERT_EQ(batch.id(), "B-20260105-0001");
  }
  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
  }
  void come_to(rules::model::Duration offset) {
    running_.move_to(RunningServer::at(offset));
    stream_.heartbeat("b1/counter", sent_, offset);
    send({make_event("X" + std::to_string(sent_), "issued", offset, "other")});
    running_.server().loop().drain();
  }

  struct Answered {
    grpc::Status status;
    v1::ImportPayoutResultsResponse response;
  };
  Answered import(const std::string& file, const std::string& request_id = "",
                  const std::string& who = "frida") {
    Answered answered;
    auto stub = v1::PayoutResultService::NewStub(running_.channel());
    const auto context = make_context(who);
    const auto pieces = stub->ImportPayoutResults(context.get(), &answered.response);
    v1::ImportPayoutResultsRequest piece;
    piece.set_request_id(request_id);
    for (size_t at = 0; at < file.size(); at += 1000) {
      piece.set_chunk(file.substr(at, 1000));
      if (!pieces->Write(piece)) break;
    }
    pieces->WritesDone();
    answered.status = pieces->Finish();
    return answered;
  }
  /// "paid 1, rejected 1 …" of what is not zero.
  static std::string show(const Answered& answered) {
    const v1::ImportPayoutResultsResponse& response = answered.response;
    std::string out = answered.status.error_message();
    const auto add = [&](const char* what, uint32_t count) {
      if (count != 0)
        out += (out.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(count);
    };
    add("paid", response.paid_count());
    add("rejected", response.rejected_count());
    add("returned", response.returned_count());
    add("noted", response.noted_count());
    add("known", response.known_count());
    add("unmatched", response.unmatched_count());
    return out;
  }
  int lupaus(std::vector<std::string> words, std::string& said, const std::string& given = "") {
    std::istringstream in(given);
    std::ostringstream out;
    words.insert(words.begin(),
                 {"--server", running_.server().grpc_address(), "--as", "frida", "-o", "csv"});
    const int code = clients::cli::run(words, {in, out, out});
    said = out.str();
    return code;
  }

  const std::string id_ = "B-20260105-0001";
  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
};

TEST_F(BankAnswers, BecomeFactsOnce) {
  const std::string report = write_pain002(
      "10", id_, "PART",
      {{"C-1-1", "ACSC", "25.00"}, {"C-1-2", "RJCT", "25.00", "MS03"}, {"C-1-3", "ACSP", "25.00"}});
  EXPECT_EQ(show(import(report)), "paid 1, rejected 1, noted 1");
  EXPECT_EQ(show(import(report)), "known 3");
  EXPECT_EQ(running_.count_facts<Paid>(), 1u);
  EXPECT_EQ(running_.count_facts<Failed>(), 1u);
  EXPECT_EQ(running_.count_facts<BankAnswered>(), 1u);
  const std::string back =
      write_camt054({Entry{{{"C-1-1", "", "25.00", "AC04"}}, "CRDT", "BOOK", "25.00"}});
  EXPECT_EQ(show(import(back)), "returned 1");
  EXPECT_EQ(show(import(back)), "known 1");
  EXPECT_EQ(running_.count_facts<Reversed>(), 1u);
}

TEST_F(BankAnswers, AreTakenWholeOrNotAtAll) {
  const std::string report =
      write_pain002("10", id_, "PART", {{"C-1-1", "ACSC", "25.00"}, {"C-1-2", "ACSC", "25.00"}});
  const Answered cut = import(report.substr(0, report.size() - 20));
  EXPECT_EQ(cut.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(cut.status.error_message().find("line "), std::string::npos);
  EXPECT_EQ(import("").status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(import(report, "", "").status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(running_.count_facts<Paid>(), 0u);
}

TEST_F(BankAnswers, AreTheSameUnderOneRequestId) {
  const std::string report = write_pain002("03", id_, "", {{"C-1-1", "ACSC", "25.00"}});
  EXPECT_EQ(show(import(report, "r-1")), "paid 1");
  EXPECT_EQ(show(import(report, "r-1")), "paid 1");
  EXPECT_EQ(show(import(report, "r-2")), "known 1");
  EXPECT_FALSE(import(report + "\n", "r-1").status.ok()) << "another file under an old id";
  EXPECT_EQ(running_.count_facts<Paid>(), 1u);
}

TEST_F(BankAnswers, NameWhatCouldNotBeUsed) {
  const std::string report = write_pain002("10", id_, "",
                                           {{"C-1-1", "ACSC", "24.99"},
                                            {"C-1-7", "ACSC", "25.00"},
                                            {"C-1-2", "ZZZZ", "25.00"},
                                            {"C-1-3", "ACSC", "25.00"}});
  std::string said;
  EXPECT_EQ(lupaus({"payouts", "results", "import", "-"}, said, report), 1);
  for (const char* words :
       {"6,unmatched,C-1-1,B-20260105-0001,C-1-1,ACSC,amount differs,EUR 24.99",
        "7,unmatched,,B-20260105-0001,C-1-7,ACSC,unknown end-to-end id",
        "8,unmatched,C-1-2,B-20260105-0001,C-1-2,ZZZZ,unknown status", "9,paid,C-1-3",
        "1 paid, 0 rejected, 0 returned, 0 noted, 0 known before, 3 unmatched"})
    EXPECT_NE(said.find(words), std::string::npos) << words << "\n" << said;
  EXPECT_EQ(lupaus({"payouts", "results", "import", "-"}, said, "{}"), 1);
  EXPECT_NE(said.find("expected XML"), std::string::npos) << said;
  EXPECT_EQ(lupaus({"payouts", "results", "import", "/nowhere.xml"}, said), 2);
  EXPECT_EQ(lupaus({"payouts", "results", "import"}, said), 2);
  EXPECT_EQ(said.find("Meik"), std::string::npos);
}

/// With a chart of accounts.
class Books : public BankAnswers {
 protected:
  Books() : BankAnswers(configure) {}
  static void configure(server::config::Config& config) {
    config.finance.accounts = {"4010", "2939", "1910", "V0", "V1", ""};
  }
  std::string run(const std::vector<std::string>& words, int code = 0) {
    std::string said;
    EXPECT_EQ(lupaus(words, said), code) << said;
    return said;
  }
  std::string posting(const std::string& id) {
    return run({"payouts", "batch", "export", id, "--format", "posting"});
  }
  void approve(const std::string& id) {
    v1::ApprovePayoutBatchRequest request;
    request.set_id(id);
    v1::PayoutBatch batch;
    auto stub = v1::PayoutService::NewStub(running_.channel());
    EXPECT_TRUE(stub->ApprovePayoutBatch(make_context("bea").get(), request, &batch).ok());
  }
  static std::string paid(const char* payout) {
    return write_camt054({Entry{{{payout, "", "25.00"}}, "DBIT", "BOOK", "25.00"}});
  }
};

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(Books, HaveThePaymentOnTheDayOnWhichTheBankBookedIt) {
  come_to(std::chrono::hours(24 * 5));
  ASSERT_EQ(show(import(paid("C-1-1"))), "paid 1");
  const std::string shown = run({"payouts", "show", "C-1-1"});
  EXPECT_NE(shown.find("booked on 2026-01-07"), std::string::npos) << shown;
  EXPECT_NE(posting(id_).find("settlement,2026-01-07,2026-01,"), std::string::npos) << posting(id_);
}

TEST_F(Books, HaveAnExpenseOnceAndTakeItBackWhenNobodyOwesIt) {
  EXPECT_EQ(count_of(posting(id_), "accrual,"), 3u);
  ASSERT_EQ(show(import(write_pain002("10", id_, "PART", {{"C-1-3", "RJCT", "25.00", "MS03"}}))),
            "rejected 1");
  EXPECT_NE(run({"payouts", "release", "C-1-3"}).find("C-1-3 is owed again as C-1-4"),
            std::string::npos);
  const std::string created = run({"payouts", "batch", "create"});
  const std::string second = "B-20260105-0002";
  ASSERT_NE(created.find(second), std::string::npos) << created;
  approve(second);
  EXPECT_EQ(count_of(posting(second), "accrual,"), 0u) << "it was an expense before";
  run({"payouts", "batch", "discard", second, "--reason", "wrong day"});
  EXPECT_EQ(count_of(posting(id_), "reversal,"), 0u);
  run({"payouts", "decline", "C-1-4", "--reason", "paid in cash"});
  EXPECT_EQ(count_of(posting(id_), "reversal,"), 1u) << posting(id_);
  EXPECT_NE(posting(id_).find("2939,4010,25.00"), std::string::npos) << posting(id_);
}

TEST_F(Books, TellOfAPaymentThatTheBankMadeTwice) {
  run({"payouts", "fail", "C-1-1", "--reason", "never arrived"});
  run({"payouts", "release", "C-1-1"});
  run({"payouts", "batch", "create"});
  const std::string second = "B-20260105-0002";
  approve(second);
  for (const auto& [id, left] : {std::pair{second, true}, {id_, false}}) {
    if (left) run({"payouts", "batch", "export", id, "--format", "csv"});
    const Answered answered = import(paid("C-1-1"));
    EXPECT_EQ(show(answered), "unmatched 1") << "at every import";
    EXPECT_NE(answered.response.results(0).reason().find("paid twice"), std::string::npos)
        << answered.response.results(0).reason();
  }
  EXPECT_EQ(running_.count_facts<BankAnswered>(), 1u);
  EXPECT_EQ(running_.count_facts<Paid>(), 0u);
}

TEST_F(Books, DeclineWhatIsOwedAgainForATransferThatWasPaidAfterAll) {
  run({"payouts", "fail", "C-1-1", "--reason", "never arrived"});
  run({"payouts", "release", "C-1-1"});
  run({"payouts", "batch", "create"});
  const std::string path = running_.directory() + "/paid.xml";
  std::ofstream(path) << paid("C-1-1");
  std::string told;
  EXPECT_EQ(lupaus({"payouts", "results", "import", path}, told), 0) << told;
  EXPECT_NE(told.find("batch B-20260105-0002 is given up: C-1-1 was paid after all. What else"),
            std::string::npos)
      << told;
  EXPECT_NE(told.find(",B-20260105-0002\r\n"), std::string::npos) << "a column of its own\n"
                                                                  << told;
  EXPECT_EQ(show(import(paid("C-1-1"))), "known 1");
  const std::string declined = run({"payouts", "show", "C-1-4"});
  EXPECT_NE(declined.find("C-1-1 was paid after all"), std::string::npos) << declined;
  EXPECT_EQ(run({"breaches", "list"}).find("declined"), std::string::npos)
      << "the line of its breach says that it is paid";
}

TEST_F(Books, SayWhichBatchAPersonGivesUpWhoConfirmsWhatHadFailed) {
  run({"payouts", "fail", "C-1-1", "--reason", "never arrived"});
  run({"payouts", "release", "C-1-1"});
  run({"payouts", "batch", "create"});
  const std::string told =
      run({"payouts", "confirm", "C-1-1", "--booked-on", "2026-01-05", "--reason", "statement 17"});
  EXPECT_NE(told.find("batch B-20260105-0002 is given up"), std::string::npos) << told;
  EXPECT_EQ(run({"payouts", "confirm", "C-1-2", "--reason", "told so"}).find("given up"),
            std::string::npos);
}

TEST_F(Books, OfAClosedMonthStayWhateverIsToldLater) {
  ASSERT_EQ(show(import(paid("C-1-1"))), "paid 1");
  come_to(std::chrono::hours(24 * 29));  // 3 February
  const std::string open = run({"periods", "export", "2026-01"});
  EXPECT_NE(open.find("2026-01 is open"), std::string::npos) << open;
  run({"periods", "close", "2026-01"});
  const std::string closed = run({"periods", "export", "2026-01"});
  EXPECT_EQ(count_of(closed, ",accrual,"), 3u) << closed;
  EXPECT_EQ(count_of(closed, ",settlement,2026-01-07,2026-01,,C-1-1,"), 1u) << closed;
  const std::vector<std::string> reconcile = {"payouts", "reconcile", "--to", "2026-01-31"};
  const std::string books = run(reconcile);
  EXPECT_NE(books.find("as the books stood when 2026-01 was closed"), std::string::npos) << books;
  ASSERT_EQ(show(import(paid("C-1-2"))), "paid 1");
  EXPECT_EQ(run({"periods", "export", "2026-01"}), closed);
  EXPECT_EQ(run(reconcile), books);
  const std::string february = run({"periods", "export", "2026-02"});
  EXPECT_EQ(count_of(february, ",settlement,2026-02-03,2026-02,2026-01,C-1-2,"), 1u) << february;
  EXPECT_NE(run({"payouts", "reconcile"}), books) << "what is now, is told without a day";
  run({"periods", "export", "2026-1"}, 2);
}

}  // namespace
}  // namespace lupaus::tests
