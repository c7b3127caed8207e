// A mistyped branch or promise is told, with the name that is near; one that is declared is known
// at once and for ever, whether or not anything happened there.
#include <gtest/gtest.h>

#include <functional>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/report.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "lupaus/v1/ticket.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

class KnownNames : public testing::Test {
 protected:
  RunningServer running_;
};

TEST_F(KnownNames, ANameWithASlipOfThePenIsSaidSo) {
  const auto told = [](const grpc::Status& status, const std::string& what) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND) << status.error_message();
    EXPECT_EQ(status.error_message(), what);
  };
  const auto ask_all = [&](const std::string& branch, const std::string& promise,
                           const std::function<void(const grpc::Status&)>& check) {
    v1::GetReportRequest report;
    report.set_period("2026-01");
    report.set_branch(branch);
    report.set_promise(promise);
    v1::Report month;
    check(v1::ReportService::NewStub(running_.channel())
              ->GetReport(make_context().get(), report, &month));
    v1::SummarizeBreachesRequest summary;
    summary.set_branch(branch);
    summary.set_promise(promise);
    v1::SummarizeBreachesResponse lines;
    check(v1::BreachService::NewStub(running_.channel())
              ->SummarizeBreaches(make_context().get(), summary, &lines));
    v1::ListBreachesRequest list;
    list.set_branch(branch);
    list.set_promise(promise);
    v1::ListBreachesResponse page;
    check(v1::BreachService::NewStub(running_.channel())
              ->ListBreaches(make_context().get(), list, &page));
  };
  ask_all("b22", "p15",
          [&](const auto& status) { told(status, "unknown branch `b22`; did you mean \"b2\"?"); });
  ask_all("b1", "p51", [&](const auto& status) {
    told(status, "unknown promise `p51`; did you mean \"p15\"?");
  });
  ask_all("nowhere", "p15", [&](const auto& status) {
    told(status, "unknown branch `nowhere`; known here: b1, b2");
  });
  ask_all("b2", "p15", [](const auto& status) {
    EXPECT_TRUE(status.ok()) << "declared, without any data: " << status.error_message();
  });
}

TEST_F(KnownNames, ABranchIsKnownAsSoonAsItIsPublishedAndForEver) {
  const auto knows = [&](const std::string& branch) {
    v1::ListTicketsRequest request;
    request.set_branch(branch);
    v1::ListTicketsResponse page;
    const auto status = v1::TicketService::NewStub(running_.channel())
                            ->ListTickets(make_context().get(), request, &page);
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::NOT_FOUND);
    return status.ok();
  };
  EXPECT_TRUE(knows("b2"));
  EXPECT_FALSE(knows("b3"));
  std::string book = sample_book();
  for (size_t at = book.find("name: b2"); at != std::string::npos; at = book.find("name: b2"))
    book.replace(at, 8, "name: b3");
  const grpc::Status applied = running_.apply(book);
  ASSERT_TRUE(applied.ok()) << applied.error_message();
  EXPECT_TRUE(knows("b3"));
  EXPECT_TRUE(knows("b2"));
  v1::WatchTicketsRequest board;
  board.set_branch("b4");
  const auto context = make_context();
  v1::WatchTicketsResponse answer;
  const auto stream =
      v1::TicketService::NewStub(running_.channel())->WatchTickets(context.get(), board);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
  v1::WatchSignalsRequest signals;
  signals.add_branches("b1");
  signals.add_branches("b4");
  const auto signal_context = make_context();
  v1::WatchSignalsResponse signal;
  const auto signal_stream =
      v1::SignalService::NewStub(running_.channel())->WatchSignals(signal_context.get(), signals);
  EXPECT_FALSE(signal_stream->Read(&signal));
  EXPECT_EQ(signal_stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace lupaus::tests
