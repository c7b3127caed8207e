// A breach excused by two people, and a month closed by finance, over a real server.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/period.grpc.pb.h"
#include "tests/server/running_server.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::tests {
namespace {

using std::chrono::minutes;

v1::ExcuseBreachRequest excuse_request() {
  v1::ExcuseBreachRequest request;
  request.set_branch("b1");
  request.set_ticket("L1");
  request.set_promise("p30");
  request.set_excuse("manual");
  request.set_reason("the power was cut");
  return request;
}

/// L1 of branch b1 was served after 40 minutes, which owes EUR 25.00 by transfer.
class LateLoan : public ::testing::Test {
 protected:
  void SetUp() override {
    SourceStream stream(running_.channel());
    stream.hello("b1/counter");
    stream.send("b1/counter", 1, {make_event("L1", "issued", minutes(0), "loan")});
    v1::Ack ack;
    ASSERT_TRUE(stream.read_ack(ack));
    running_.move_to(RunningServer::at(minutes(40)));
    stream.send("b1/counter", 2, {make_event("L1", "service_started", minutes(40))});
    stream.heartbeat("b1/counter", 2, minutes(41));
    while (ack.up_to_sequence() < 2) ASSERT_TRUE(stream.read_ack(ack));
    running_.move_to(RunningServer::at(minutes(41)));
    stream.send("b1/counter", 3, {make_event("X1", "issued", minutes(41), "other")});
    while (ack.up_to_sequence() < 3) ASSERT_TRUE(stream.read_ack(ack));
    running_.server().loop().drain();
  }
  grpc::Status excuse(const std::string& who, v1::ExcuseBreachResponse* response,
                      const std::string& request_id = "") {
    v1::ExcuseBreachRequest request = excuse_request();
    request.set_request_id(request_id);
    return breaches_->ExcuseBreach(make_context(who).get(), request, response);
  }
  RunningServer running_;
  std::unique_ptr<v1::BreachService::Stub> breaches_ =
      v1::BreachService::NewStub(running_.channel());
};

TEST_F(LateLoan, IsExcusedByTwoPeopleAndStaysInTheLog) {
  v1::ExcuseBreachResponse response;
  EXPECT_EQ(excuse("", &response).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  grpc::Status status = excuse("anna", &response, "r1");
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(response.is_complete());
  EXPECT_EQ(response.payout_state(), "owed");
  ASSERT_TRUE(excuse("anna", &response, "r1").ok()) << "the same call again";
  EXPECT_EQ(excuse("anna", &response).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(excuse("bea", &response).ok());
  EXPECT_TRUE(response.is_complete());
  ASSERT_EQ(response.excused_by_size(), 2);
  EXPECT_EQ(response.payout_state(), "declined");

  for (const bool all : {false, true}) {
    v1::ListBreachesRequest request;
    request.set_all_verdicts(all);
    v1::ListBreachesResponse list;
    ASSERT_TRUE(breaches_->ListBreaches(make_context().get(), request, &list).ok());
    ASSERT_GE(list.lines_size(), 1);
    EXPECT_EQ(list.lines(0).ticket(), "L1");
    EXPECT_EQ(list.lines(0).verdict(), "excused");
    EXPECT_EQ(list.lines(0).reason(), "manual");
    EXPECT_TRUE(list.lines(0).has_breached_at());
    EXPECT_EQ(list.lines(0).paid_state(), "declined");
    EXPECT_FALSE(list.lines(0).has_owed()) << "what was declined is not owed";
  }
  v1::SummarizeBreachesRequest sum;
  sum.add_by("service");
  v1::SummarizeBreachesResponse sums;
  ASSERT_TRUE(breaches_->SummarizeBreaches(make_context().get(), sum, &sums).ok());
  ASSERT_EQ(sums.rows_size(), 1);
  EXPECT_EQ(sums.rows(0).keys(0), "loan");
  EXPECT_EQ(sums.rows(0).breached_count(), 0u);
  EXPECT_EQ(sums.rows(0).excused_count(), 1u);
}

TEST_F(LateLoan, IsExcusedAfterItsTicketWasArchived) {
  running_.move_to(RunningServer::at(std::chrono::hours(100)));
  running_.move_to(RunningServer::at(std::chrono::hours(200)));
  v1::ExcuseBreachResponse response;
  ASSERT_TRUE(excuse("anna", &response).ok());
  grpc::Status status = excuse("bea", &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.payout_state(), "declined");
  v1::SummarizeBreachesRequest sum;
  sum.add_by("service");
  v1::SummarizeBreachesResponse sums;
  ASSERT_TRUE(breaches_->SummarizeBreaches(make_context().get(), sum, &sums).ok());
  EXPECT_EQ(sums.rows(0).excused_count(), 1u);
}

TEST_F(LateLoan, MonthsAreClosedInOrderByAPerson) {
  auto periods = v1::PeriodService::NewStub(running_.channel());
  const auto close = [&](const std::string& who, const std::string& month) {
    v1::ClosePeriodRequest request;
    request.set_month(month);
    v1::ClosePeriodResponse response;
    return periods->ClosePeriod(make_context(who).get(), request, &response).error_code();
  };
  EXPECT_EQ(close("", "2025-12"), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(close("anna", "2026-01"), grpc::StatusCode::FAILED_PRECONDITION) << "not over";
  running_.move_to(RunningServer::at(std::chrono::hours(24 * 31)));
  EXPECT_EQ(close("anna", "1999-01"), grpc::StatusCode::FAILED_PRECONDITION) << "a slip of the pen";
  EXPECT_EQ(close("anna", "2025-12"), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(close("anna", "2026-01"), grpc::StatusCode::OK);
  EXPECT_EQ(close("anna", "2026-01"), grpc::StatusCode::FAILED_PRECONDITION);
  v1::ListPeriodsResponse list;
  ASSERT_TRUE(periods->ListPeriods(make_context().get(), {}, &list).ok());
  ASSERT_EQ(list.periods_size(), 1);
  EXPECT_EQ(list.periods(0).month(), "2026-01");
  EXPECT_EQ(list.periods(0).closed_by(), "anna");
  EXPECT_EQ(list.open_month(), "2026-02");
}

TEST(Excuses, AreForManagersAlone) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.path().string();
  const std::string people =
      " manager='lupaus:person/maja?role=manager' finance='lupaus:person/frida?role=finance'"
      " nobody=lupaus:person/nils";
  ASSERT_EQ(std::system((LUPAUS_MAKE_TEST_CA " " + path + people + " >/dev/null").c_str()), 0);
  RunningServer running(false, [&](server::config::Config& config) {
    config.tls = server::config::Tls{path + "/server.pem", path + "/server.key", path + "/ca.pem"};
  });
  const auto read = [&](const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(path + "/" + file).rdbuf();
    return text.str();
  };
  const auto answer = [&](const std::string& who) {
    const grpc::SslCredentialsOptions options{read("ca.pem"), read(who + ".key"),
                                              read(who + ".pem")};
    const auto channel =
        grpc::CreateChannel(running.server().grpc_address(), grpc::SslCredentials(options));
    v1::ExcuseBreachRequest request = excuse_request();
    v1::ExcuseBreachResponse response;
    return v1::BreachService::NewStub(channel)
        ->ExcuseBreach(make_context().get(), request, &response)
        .error_code();
  };
  EXPECT_EQ(answer("finance"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(answer("nobody"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(answer("manager"), grpc::StatusCode::NOT_FOUND) << "nothing is owed for it";
}

}  // namespace
}  // namespace lupaus::tests
