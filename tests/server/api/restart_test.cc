// A server over a real database that stops and starts again: what it answers about the past.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <thread>
#include <vector>

#include "lupaus/v1/backup.grpc.pb.h"
#include "lupaus/v1/doctor.grpc.pb.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "lupaus/v1/voucher.grpc.pb.h"
#include "server/runtime/clock.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using namespace std::chrono_literals;
using rules::model::Result;

class RestartTest : public testing::Test {
 protected:
  RestartTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lupaus-test-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~RestartTest() override {
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  Result<void> start() {
    server_.reset();
    server::config::Config config;
    config.data_dir = directory_;
    config.grpc_listen = {"127.0.0.1", 0};
    config.http_listen = {"127.0.0.1", 0};
    auto started = server::Server::start(config, *clock_);
    if (!started) return started.error();
    server_ = std::move(*started);
    return {};
  }
  std::shared_ptr<grpc::Channel> channel() const {
    return grpc::CreateChannel(server_->grpc_address(), grpc::InsecureChannelCredentials());
  }
  void move_to(rules::model::Duration offset) {
    clock_->move_to(RunningServer::at(offset));
    server_->loop().drain();
  }
  void publish_sample() {
    v1::ApplyPromisesRequest request;
    v1::PromiseFile& file = *request.add_files();
    file.set_name("book.yaml");
    file.set_text(sample_book());
    v1::ApplyPromisesResponse response;
    const grpc::Status status = v1::PromiseService::NewStub(channel())->ApplyPromises(
        make_context("anna").get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  /// The code of the voucher for a ticket that was served five minutes late.
  std::string pay_one() {
    SourceStream stream(channel());
    stream.hello("b1/counter");
    v1::Ack ack;
    stream.send("b1/counter", 1, {make_event("A1", "issued", 0s, "cash")});
    EXPECT_TRUE(stream.read_ack(ack));
    move_to(20min);
    stream.send("b1/counter", 2, {make_event("A1", "service_started", 20min)});
    EXPECT_TRUE(stream.read_ack(ack));
    move_to(21min);
    stream.send("b1/counter", 3, {make_event("A2", "issued", 21min, "other")});
    EXPECT_TRUE(stream.read_ack(ack));
    v1::WatchSignalsRequest request;
    request.set_from_position(1);
    const auto context = make_context();
    const auto stub = v1::SignalService::NewStub(channel());
    const auto signals = stub->WatchSignals(context.get(), request);
    v1::WatchSignalsResponse signal;
    while (signal.voucher().empty() && signals->Read(&signal)) {
    }
    context->TryCancel();
    signals->Finish();
    return signal.voucher();
  }
  grpc::Status redeem(const std::string& code, const std::string& request_id, v1::Payout& payout) {
    v1::RedeemVoucherRequest request;
    request.set_code(code);
    request.set_branch("b1");
    request.set_request_id(request_id);
    payout.Clear();
    return v1::PayoutService::NewStub(channel())->RedeemVoucher(make_context("clerk").get(),
                                                                request, &payout);
  }

  std::string directory_;
  std::unique_ptr<server::runtime::VirtualClock> clock_ =
      server::runtime::make_virtual_clock(RunningServer::at(0s));
  std::unique_ptr<server::Server> server_;
};

TEST_F(RestartTest, AnswersARepeatedRedemptionAsTheFirstTime) {
  ASSERT_TRUE(start().ok());
  publish_sample();
  const std::string code = pay_one();
  ASSERT_FALSE(code.empty());
  v1::Payout first, again;
  ASSERT_TRUE(redeem(code, "r1", first).ok());
  EXPECT_EQ(first.state(), "paid");
  ASSERT_TRUE(start().ok());
  const grpc::Status repeated = redeem(code, "r1", again);
  EXPECT_TRUE(repeated.ok()) << repeated.error_message();
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(redeem(code, "r2", again).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(RestartTest, AVoucherIsShownAsItStandsAndDrawn) {
  ASSERT_TRUE(start().ok());
  publish_sample();
  const std::string code = pay_one();
  ASSERT_FALSE(code.empty());
  const auto show = [&](const std::string& voucher, v1::QrForm form) {
    v1::GetVoucherRequest request;
    request.set_voucher(voucher);
    request.set_qr(form);
    v1::Voucher shown;
    const auto status = v1::VoucherService::NewStub(channel())->GetVoucher(
        make_context("clerk").get(), request, &shown);
    return std::pair(status.error_code(), shown);
  };
  const auto [fine, voucher] = show(code, v1::QR_FORM_SVG);
  EXPECT_EQ(fine, grpc::StatusCode::OK);
  EXPECT_EQ(voucher.code(), code);
  EXPECT_EQ(voucher.state(), "redeemable");
  EXPECT_EQ(voucher.amount().amount(), "10.00");
  EXPECT_TRUE(voucher.qr().starts_with("<svg "));
  EXPECT_EQ(show(voucher.compensation(), v1::QR_FORM_UNSPECIFIED).second.code(), code);
  EXPECT_EQ(show("C-1-99", v1::QR_FORM_UNSPECIFIED).first, grpc::StatusCode::NOT_FOUND);
  std::string mistyped = code;
  mistyped.back() = mistyped.back() == '0' ? '1' : '0';
  EXPECT_EQ(show(mistyped, v1::QR_FORM_TEXT).first, grpc::StatusCode::INVALID_ARGUMENT);
  const auto payouts = v1::PayoutService::NewStub(channel());
  v1::Payout payout;
  v1::HoldPayoutRequest hold;
  hold.set_id(voucher.compensation());
  hold.set_reason("asked the manager");
  ASSERT_TRUE(payouts->HoldPayout(make_context("frida").get(), hold, &payout).ok());
  EXPECT_EQ(redeem(code, "r0", payout).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(show(code, v1::QR_FORM_UNSPECIFIED).second.state(), "held");
  v1::ReleasePayoutRequest release;
  release.set_id(voucher.compensation());
  release.set_reason("it was right");
  ASSERT_TRUE(payouts->ReleasePayout(make_context("bea").get(), release, &payout).ok());
  EXPECT_EQ(show(code, v1::QR_FORM_UNSPECIFIED).second.state(), "redeemable");
  ASSERT_TRUE(redeem(code, "r1", payout).ok());
  EXPECT_EQ(show(code, v1::QR_FORM_TEXT).second.state(), "redeemed");
}

TEST_F(RestartTest, OneOfManyWhoRedeemAtOnceWins) {
  ASSERT_TRUE(start().ok());
  publish_sample();
  const std::string code = pay_one();
  ASSERT_FALSE(code.empty());
  constexpr int kClerks = 16, kTries = 8;
  std::atomic<int> won{0}, refused{0};
  std::latch is_open(kClerks);
  std::vector<std::thread> clerks;
  for (int clerk = 0; clerk < kClerks; ++clerk) {
    clerks.emplace_back([&, clerk] {
      is_open.arrive_and_wait();
      for (int i = 0; i < kTries; ++i) {
        v1::Payout payout;
        const auto status =
            redeem(code, "r" + std::to_string(clerk) + "-" + std::to_string(i), payout);
        won += status.ok() ? 1 : 0;
        refused += status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ? 1 : 0;
      }
    });
  }
  for (auto& clerk : clerks) clerk.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kClerks * kTries - 1);
}

TEST_F(RestartTest, OfAServerThatWasNeverUsedIsAnOrdinaryOne) {
  ASSERT_TRUE(start().ok());
  const Result<void> again = start();
  EXPECT_TRUE(again.ok()) << rules::model::format_error(again.error());
}

TEST_F(RestartTest, WithoutTheDatabaseIsRefusedWhileTheSecretOfItsVouchersIsThere) {
  ASSERT_TRUE(start().ok());
  server_.reset();
  std::filesystem::remove_all(directory_ + "/store");
  const Result<void> started = start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "store_lost");
  EXPECT_NE(started.error().hint.find("voucher.secret"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/store")) << "nothing new was made";
  std::filesystem::rename(directory_ + "/voucher.secret", directory_ + "/old.secret");
  EXPECT_TRUE(start().ok()) << "whoever moves it away knows";
}

TEST_F(RestartTest, KnowsOfItsLastBackup) {
  const auto of_backup = [this] {
    v1::DiagnoseResponse response;
    const auto status = v1::DoctorService::NewStub(channel())->Diagnose(
        make_context("otto").get(), v1::DiagnoseRequest(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const auto& finding : response.findings())
      if (finding.subject() == "backup") return finding.severity() + ": " + finding.message();
    return std::string();
  };
  ASSERT_TRUE(start().ok());
  EXPECT_EQ(of_backup(), "warning: no backup was taken by this server");
  v1::CreateBackupRequest request;
  request.set_folder(directory_ + "-backup");
  v1::CreateBackupResponse response;
  const auto status = v1::BackupService::NewStub(channel())->CreateBackup(
      make_context("otto").get(), request, &response);
  std::filesystem::remove_all(request.folder());
  ASSERT_TRUE(status.ok()) << status.error_message();
  const std::string before = of_backup();
  EXPECT_EQ(before.substr(0, 3), "ok:") << before;
  ASSERT_TRUE(start().ok());
  EXPECT_EQ(of_backup(), before);
}

TEST_F(RestartTest, ADatabaseThatMayNotBeReadIsNotTakenForALostOne) {
  ASSERT_TRUE(start().ok());
  server_.reset();
  const std::string current = directory_ + "/store/CURRENT";
  std::filesystem::rename(current, directory_ + "/kept");
  // WHY a loop: it fails whoever asks, also who may read everything.
  std::filesystem::create_symlink("CURRENT", current);
  const Result<void> started = start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "database_path");
  EXPECT_NE(started.error().message.find(current), std::string::npos) << started.error().message;
  std::filesystem::rename(directory_ + "/kept", current);
  EXPECT_TRUE(start().ok());
}

}  // namespace
}  // namespace lupaus::tests
