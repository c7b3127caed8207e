// Promises, tickets, breaches and payouts over a real gRPC server on a virtual clock.
#include <gtest/gtest.h>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/ticket.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

v1::Diagnostic first_error(const v1::ApplyPromisesResponse& response) {
  for (const v1::Diagnostic& diagnostic : response.diagnostics()) {
    if (diagnostic.severity() == "error") return diagnostic;
  }
  return {};
}

TEST(Promises, AnswersEveryComplaintAndPublishesNothing) {
  RunningServer running;
  v1::ApplyPromisesResponse response;
  std::string text = sample_book();
  text.replace(text.find("EUR 10.00"), 9, "10.00 EURO");
  ASSERT_TRUE(running.apply(text, &response).ok());
  EXPECT_EQ(response.position(), 0u);
  const v1::Diagnostic error = first_error(response);
  EXPECT_EQ(error.file(), "book.yaml");
  EXPECT_GT(error.line(), 5u);
  EXPECT_NE(error.message().find("EURO"), std::string::npos) << error.message();
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 1u);
}

TEST(Promises, RefusesWhatIsNotJudgedYet) {
  RunningServer running;
  v1::ApplyPromisesResponse response;
  std::string text = sample_book();
  text.replace(text.find("instrument: voucher"), 19,
               "due: 24h, late: EUR 5.00, instrument: apology");
  ASSERT_TRUE(running.apply(text, &response).ok());
  const v1::Diagnostic error = first_error(response);
  EXPECT_NE(error.message().find("not supported yet"), std::string::npos) << error.message();
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 1u);
}

TEST(Promises, DropsAPromiseOnlyWhenToldTo) {
  RunningServer running;
  std::string text = sample_book();
  text = text.substr(0, text.rfind("---\n"));
  grpc::Status refused = running.apply(text);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(refused.error_message().find("p30"), std::string::npos);
  v1::ApplyPromisesResponse response;
  grpc::Status status = running.apply(text, &response, {"p30"});
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.promises_size(), 1);
  EXPECT_EQ(response.promises(0).name(), "p15");
}

TEST(Promises, PublishesTheSameBookOnceAndRaisesTheRevisionOfWhatChanged) {
  RunningServer running;
  v1::ApplyPromisesResponse response;
  ASSERT_TRUE(running.apply(sample_book(), &response).ok());
  EXPECT_EQ(response.position(), 0u);
  EXPECT_EQ(running.count_facts<rules::model::Published>(), 1u);
  std::string text = sample_book();
  text.replace(text.find("within: 15m"), 11, "within: 14m");
  ASSERT_TRUE(running.apply(text, &response).ok());
  v1::ListPromisesResponse list;
  ASSERT_TRUE(v1::PromiseService::NewStub(running.channel())
                  ->ListPromises(make_context().get(), {}, &list)
                  .ok());
  ASSERT_EQ(list.promises_size(), 2);
  EXPECT_EQ(list.promises(0).revision(), 2u);
  EXPECT_EQ(list.promises(0).within(), "14m");
  EXPECT_EQ(list.promises(1).revision(), 1u);
}

/// Two customers wait for cash; A1 is never served, A2 at 5 min.
class BranchDay : public testing::Test {
 protected:
  void SetUp() override {
    v1::Event first = make_event("A1", "issued", {}, "cash");
    (*first.mutable_attributes())["customer"] = "c-1";
    stream_.hello("b1/counter");
    v1::Event loan = make_event("L1", "issued", seconds(2), "loan");
    (*loan.mutable_attributes())["customer"] = "c-2";
    send({first, make_event("A2", "issued", seconds(1), "cash"), loan});
  }
  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  /// The clock and the source's watermark come to `offset`.
  void come_to(rules::model::Duration offset) {
    running_.move_to(RunningServer::at(offset));
    stream_.heartbeat("b1/counter", sent_, offset);
    // A later event of the stream comes after the heartbeat, so its acknowledgement says that both
    // are in.
    send({make_event("X" + std::to_string(sent_), "issued", offset, "other")});
    running_.server().loop().drain();
  }
  v1::ListTicketsResponse tickets(bool at_risk) {
    v1::ListTicketsRequest request;
    request.set_at_risk(at_risk);
    v1::ListTicketsResponse response;
    EXPECT_TRUE(v1::TicketService::NewStub(running_.channel())
                    ->ListTickets(make_context().get(), request, &response)
                    .ok());
    return response;
  }
  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
};

TEST_F(BranchDay, ShowsLiveTicketsWithoutPersonalAttributes) {
  v1::ListTicketsResponse all = tickets(false);
  ASSERT_EQ(all.tickets_size(), 3);
  EXPECT_EQ(all.tickets(0).ticket(), "A1");
  EXPECT_EQ(all.tickets(0).label(), "L-A1");
  EXPECT_EQ(all.tickets(0).attributes().at("service"), "cash");
  EXPECT_FALSE(all.tickets(0).attributes().contains("customer"));
  ASSERT_EQ(all.tickets(0).commitments_size(), 1);
  EXPECT_EQ(all.tickets(0).commitments(0).limit_ms(), 900'000);
  EXPECT_EQ(tickets(true).tickets_size(), 0);
  running_.move_to(RunningServer::at(minutes(10)));
  EXPECT_EQ(tickets(true).tickets_size(), 1);  // A1 was warned about, A2 is a second younger
}

TEST_F(BranchDay, GoesThroughTicketsPageByPage) {
  auto stub = v1::TicketService::NewStub(running_.channel());
  v1::ListTicketsRequest request;
  request.set_page_size(2);
  v1::ListTicketsResponse page;
  ASSERT_TRUE(stub->ListTickets(make_context().get(), request, &page).ok());
  ASSERT_EQ(page.tickets_size(), 2);
  request.set_page_token(page.next_page_token());
  page.Clear();
  ASSERT_TRUE(stub->ListTickets(make_context().get(), request, &page).ok());
  ASSERT_EQ(page.tickets_size(), 1);
  EXPECT_EQ(page.tickets(0).ticket(), "L1");
  EXPECT_TRUE(page.next_page_token().empty());
  request.set_page_token("nonsense");
  EXPECT_EQ(stub->ListTickets(make_context().get(), request, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(BranchDay, ExplainsATicketByIdOrLabel) {
  auto stub = v1::TicketService::NewStub(running_.channel());
  for (const char* name : {"A1", "L-A1"}) {
    v1::ExplainTicketRequest request;
    request.set_branch("b1");
    request.set_ticket(name);
    v1::ExplainTicketResponse response;
    ASSERT_TRUE(stub->ExplainTicket(make_context().get(), request, &response).ok());
    EXPECT_NE(response.trace().find("p15"), std::string::npos) << response.trace();
    EXPECT_EQ(response.label(), "L-A1");
    ASSERT_EQ(response.lines_size(), 1);
    EXPECT_EQ(response.lines(0).verdict(), "open");
    EXPECT_EQ(response.lines(0).service(), "cash");
  }
  v1::ExplainTicketRequest unknown;
  unknown.set_branch("b1");
  unknown.set_ticket("A9");
  v1::ExplainTicketResponse response;
  EXPECT_EQ(stub->ExplainTicket(make_context().get(), unknown, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(BranchDay, ListsAndSumsWhatWasBroken) {
  come_to(minutes(5));
  send({make_event("A2", "service_started", minutes(5))});
  come_to(minutes(20));
  send({make_event("A1", "service_started", minutes(20))});
  come_to(minutes(21));
  auto stub = v1::BreachService::NewStub(running_.channel());
  v1::ListBreachesRequest request;
  v1::ListBreachesResponse breaches;
  ASSERT_TRUE(stub->ListBreaches(make_context().get(), request, &breaches).ok());
  ASSERT_EQ(breaches.lines_size(), 1);
  EXPECT_EQ(breaches.lines(0).ticket(), "A1");
  EXPECT_EQ(breaches.lines(0).counted_ms(), 1'200'000);
  EXPECT_EQ(breaches.lines(0).owed().amount(), "10.00");
  request.set_all_verdicts(true);
  request.set_page_size(2);
  v1::ListBreachesResponse page;
  std::vector<std::string> verdicts;
  do {
    page.Clear();
    ASSERT_TRUE(stub->ListBreaches(make_context().get(), request, &page).ok());
    for (const auto& line : page.lines()) verdicts.push_back(line.ticket() + " " + line.verdict());
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_EQ(verdicts, (std::vector<std::string>{"A1 breached", "A2 kept", "L1 open"}));
  v1::SummarizeBreachesRequest sum;
  sum.add_by("promise");
  v1::SummarizeBreachesResponse sums;
  ASSERT_TRUE(stub->SummarizeBreaches(make_context().get(), sum, &sums).ok());
  ASSERT_EQ(sums.rows_size(), 1);
  EXPECT_EQ(sums.rows(0).kept_count(), 1u);
  EXPECT_EQ(sums.rows(0).breached_count(), 1u);
  sum.add_by("weather");
  EXPECT_EQ(stub->SummarizeBreaches(make_context().get(), sum, &sums).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(BranchDay, PaysATransferOnceAndOnlyWhenASecondPersonApproves) {
  come_to(minutes(40));
  send({make_event("L1", "service_started", minutes(40))});
  come_to(minutes(41));
  auto stub = v1::PayoutService::NewStub(running_.channel());
  v1::CreatePayoutBatchRequest create;
  create.set_request_id("r1");
  v1::PayoutBatch batch;
  grpc::Status status = stub->CreatePayoutBatch(make_context("anna").get(), create, &batch);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(batch.id(), "B-20260105-0001");
  EXPECT_EQ(batch.state(), "draft");
  EXPECT_EQ(batch.total().amount(), "25.00");
  v1::PayoutBatch again;
  ASSERT_TRUE(stub->CreatePayoutBatch(make_context("anna").get(), create, &again).ok());
  EXPECT_EQ(again.id(), batch.id());
  EXPECT_EQ(stub->CreatePayoutBatch(make_context("anna").get(), {}, &again).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::ExportPayoutBatchRequest file;
  file.set_id(batch.id());
  file.set_format("csv");
  v1::ExportPayoutBatchResponse exported;
  EXPECT_EQ(stub->ExportPayoutBatch(make_context("anna").get(), file, &exported).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::ApprovePayoutBatchRequest approve;
  approve.set_id(batch.id());
  EXPECT_EQ(stub->ApprovePayoutBatch(make_context("anna").get(), approve, &again).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(stub->ApprovePayoutBatch(make_context().get(), approve, &again).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  ASSERT_TRUE(stub->ApprovePayoutBatch(make_context("bea").get(), approve, &again).ok());
  EXPECT_EQ(again.approved_by(), "bea");
  EXPECT_EQ(again.content_hash(), batch.content_hash());
  status = stub->ExportPayoutBatch(make_context("anna").get(), file, &exported);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_NE(exported.content().find("25.00"), std::string::npos);
  v1::ExportPayoutBatchResponse second;
  ASSERT_TRUE(stub->ExportPayoutBatch(make_context("anna").get(), file, &second).ok());
  EXPECT_EQ(second.content(), exported.content());
  file.set_format("xls");
  EXPECT_EQ(stub->ExportPayoutBatch(make_context("anna").get(), file, &second).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lupaus::tests
