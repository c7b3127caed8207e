// What each role may do, by certificates: who decides what is held, and who learns the code of a
// voucher that somebody else has been handed.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/review.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "lupaus/v1/voucher.grpc.pb.h"
#include "tests/server/running_server.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::tests {
namespace {

using grpc::StatusCode;
using std::chrono::minutes;

class Roles : public testing::Test {
 protected:
  Roles() {
    std::string names = " nobody=lupaus:person/nils kiosk=lupaus:source/b1";
    for (const char* role : {"author", "branch", "manager", "finance", "operator"})
      names += std::string(" '") + role + "=lupaus:person/p-" + role + "?role=" + role + "'";
    const std::string make = LUPAUS_MAKE_TEST_CA " " + directory_.path().string() + names;
    EXPECT_EQ(std::system((make + " >/dev/null").c_str()), 0);
    running_ = std::make_unique<RunningServer>(false, [this](server::config::Config& config) {
      config.tls = server::config::Tls{directory_.file("server.pem"), directory_.file("server.key"),
                                       directory_.file("ca.pem")};
    });
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_.file(name)).rdbuf();
    return text.str();
  }
  std::shared_ptr<grpc::Channel> channel(const std::string& who) {
    auto& channel = channels_[who];
    if (channel == nullptr) {
      channel = grpc::CreateChannel(
          running_->server().grpc_address(),
          grpc::SslCredentials({read("ca.pem"), read(who + ".key"), read(who + ".pem")}));
    }
    return channel;
  }
  /// The code that `who` is told once a ticket was served five minutes late.
  std::string pay_one(const std::string& who) {
    v1::ApplyPromisesRequest book;
    v1::PromiseFile& file = *book.add_files();
    file.set_name("book.yaml");
    file.set_text(sample_book());
    v1::ApplyPromisesResponse applied;
    const auto promises = v1::PromiseService::NewStub(channel("author"));
    EXPECT_TRUE(promises->ApplyPromises(make_context().get(), book, &applied).ok());
    SourceStream stream(channel("kiosk"));
    stream.hello("b1/counter");
    v1::Ack ack;
    const auto tell = [&](uint64_t sequence, const v1::Event& event) {
      stream.send("b1/counter", sequence, {event});
      EXPECT_TRUE(stream.read_ack(ack));
    };
    tell(1, make_event("A1", "issued", {}, "cash"));
    running_->move_to(RunningServer::at(minutes(20)));
    tell(2, make_event("A1", "service_started", minutes(20)));
    running_->move_to(RunningServer::at(minutes(21)));
    tell(3, make_event("A2", "issued", minutes(21), "other"));
    return code_in_signals(who);
  }
  std::string code_in_signals(const std::string& who) {
    v1::WatchSignalsRequest request;
    request.set_from_position(1);
    const auto context = make_context();
    const auto stub = v1::SignalService::NewStub(channel(who));
    const auto signals = stub->WatchSignals(context.get(), request);
    v1::WatchSignalsResponse signal;
    while (signals->Read(&signal) && signal.kind() != v1::SIGNAL_KIND_VOUCHER_ISSUED) {
    }
    EXPECT_EQ(signal.kind(), v1::SIGNAL_KIND_VOUCHER_ISSUED) << who;
    EXPECT_EQ(signal.ticket(), "A1") << who;
    context->TryCancel();
    signals->Finish();
    return signal.voucher();
  }
  StatusCode decide(const std::string& who) {
    v1::DecideReviewRequest request;
    request.set_branch("b1");
    request.set_ticket("A9");
    request.set_promise("p15");
    request.set_verdict("kept");
    request.set_reason("the camera shows it");
    v1::DecideReviewResponse response;
    return v1::ReviewService::NewStub(channel(who))
        ->DecideReview(make_context().get(), request, &response)
        .error_code();
  }
  StatusCode show(const std::string& who, const std::string& voucher) {
    v1::GetVoucherRequest request;
    request.set_voucher(voucher);
    v1::Voucher shown;
    const auto stub = v1::VoucherService::NewStub(channel(who));
    const grpc::Status status = stub->GetVoucher(make_context().get(), request, &shown);
    return status.error_code();
  }

  support::TemporaryDirectory directory_;
  std::unique_ptr<RunningServer> running_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

TEST_F(Roles, ReviewsAreDecidedByManagersFinanceAndOperators) {
  for (const char* who : {"manager", "finance", "operator"})
    EXPECT_EQ(decide(who), StatusCode::NOT_FOUND) << who << " may, but there is none";
  for (const char* who : {"nobody", "kiosk", "author", "branch"})
    EXPECT_EQ(decide(who), StatusCode::PERMISSION_DENIED) << who;
}

TEST_F(Roles, AVouchersCodeIsForThoseWhoHandItOut) {
  const std::string code = pay_one("manager");
  ASSERT_FALSE(code.empty());
  for (const char* who : {"branch", "manager", "finance"})
    EXPECT_EQ(show(who, "C-1-1"), StatusCode::OK) << who;
  for (const char* who : {"nobody", "kiosk", "author", "operator"})
    EXPECT_EQ(show(who, "C-1-1"), StatusCode::PERMISSION_DENIED) << who;
  EXPECT_EQ(show("nobody", code), StatusCode::OK) << "who has the code learns nothing by it";
  EXPECT_EQ(code_in_signals("kiosk"), code) << "it prints it";
  EXPECT_EQ(code_in_signals("operator"), "");
}

TEST_F(Roles, ListsKeepAVouchersCodeBackAsWell) {
  const std::string code = pay_one("kiosk");
  ASSERT_FALSE(code.empty());
  for (const std::string who : {"nobody", "operator", "branch", "finance"}) {
    const std::string seen = who == "branch" || who == "finance" ? code : "";
    const auto stub = v1::PayoutService::NewStub(channel(who));
    v1::ListPayoutsResponse list;
    ASSERT_TRUE(stub->ListPayouts(make_context().get(), {}, &list).ok());
    ASSERT_EQ(list.payouts_size(), 1);
    EXPECT_EQ(list.payouts(0).voucher(), seen) << who;
    EXPECT_EQ(list.payouts(0).voucher_state(), "issued") << who;
    v1::GetPayoutRequest request;
    request.set_id("C-1-1");
    v1::PayoutLife life;
    ASSERT_TRUE(stub->GetPayout(make_context().get(), request, &life).ok());
    EXPECT_EQ(life.payout().voucher(), seen) << who;
    EXPECT_EQ(life.ShortDebugString().find(code) == std::string::npos, seen.empty()) << who;
  }
}

}  // namespace
}  // namespace lupaus::tests
