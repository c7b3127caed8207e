// Signals to a branch: live, resumed, without gap or repeat; and a voucher from its code to its
// redemption.
#include <gtest/gtest.h>

#include "lupaus/v1/payout.grpc.pb.h"
#include "lupaus/v1/signal.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class Watch {
 public:
  Watch(const std::shared_ptr<grpc::Channel>& channel, uint64_t from, const std::string& branch)
      : stub_(v1::SignalService::NewStub(channel)) {
    v1::WatchSignalsRequest request;
    request.set_from_position(from);
    if (!branch.empty()) request.add_branches(branch);
    reader_ = stub_->WatchSignals(context_.get(), request);
  }
  ~Watch() {
    context_->TryCancel();
    reader_->Finish();
  }
  v1::WatchSignalsResponse read() {
    v1::WatchSignalsResponse signal;
    EXPECT_TRUE(reader_->Read(&signal));
    return signal;
  }
  /// The next signal that is no heartbeat.
  v1::WatchSignalsResponse read_signal() {
    v1::WatchSignalsResponse signal = read();
    while (signal.kind() == v1::SIGNAL_KIND_HEARTBEAT) signal = read();
    return signal;
  }

 private:
  std::unique_ptr<v1::SignalService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_ = make_context();
  std::unique_ptr<grpc::ClientReader<v1::WatchSignalsResponse>> reader_;
};

class SignalsTest : public testing::Test {
 protected:
  void send(const v1::Event& event) {
    stream_.send("b1/counter", ++sent_, {event});
    v1::Ack ack;
    ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0);
  }
  /// A1 is warned about, broken and served late; then its verdict is final.
  void break_one() {
    send(make_event("A1", "issued", {}, "cash"));
    running_.move_to(RunningServer::at(minutes(10)));
    running_.move_to(RunningServer::at(minutes(15) + milliseconds(1)));
    running_.move_to(RunningServer::at(minutes(20)));
    send(make_event("A1", "service_started", minutes(20)));
    running_.move_to(RunningServer::at(minutes(21)));
    send(make_event("A2", "issued", minutes(21), "other"));
    running_.server().loop().drain();
  }
  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  void SetUp() override { stream_.hello("b1/counter"); }
};

const std::vector<v1::SignalKind> kStory = {
    v1::SIGNAL_KIND_AT_RISK, v1::SIGNAL_KIND_BREACHED_PROVISIONAL, v1::SIGNAL_KIND_CONFIRMED,
    v1::SIGNAL_KIND_OWED, v1::SIGNAL_KIND_VOUCHER_ISSUED};

TEST_F(SignalsTest, TellTheStoryLiveAndTheSameOnResume) {
  Watch live(running_.channel(), 0, "b1");
  EXPECT_EQ(live.read().kind(), v1::SIGNAL_KIND_HEARTBEAT);
  break_one();
  std::vector<v1::WatchSignalsResponse> story;
  for (v1::SignalKind kind : kStory) {
    story.push_back(live.read_signal());
    ASSERT_EQ(story.back().kind(), kind) << story.back().ShortDebugString();
    EXPECT_EQ(story.back().label(), "L-A1");
    EXPECT_EQ(story.back().branch(), "b1");
  }
  EXPECT_EQ(story[0].amount().amount(), "10.00");
  EXPECT_EQ(story[2].verdict(), "breached");
  EXPECT_FALSE(story[4].voucher().empty());
  for (size_t from = 0; from < story.size(); ++from) {
    Watch resumed(running_.channel(), story[from].position(), "b1");
    for (size_t i = from; i < story.size(); ++i) {
      v1::WatchSignalsResponse signal = resumed.read_signal();
      EXPECT_EQ(signal.ShortDebugString(), story[i].ShortDebugString());
    }
    EXPECT_EQ(resumed.read().kind(), v1::SIGNAL_KIND_HEARTBEAT);
  }
}

TEST_F(SignalsTest, AreReadFromTheJournalWhenNobodyWatched) {
  break_one();
  Watch late(running_.channel(), 1, "");
  for (v1::SignalKind kind : kStory) EXPECT_EQ(late.read_signal().kind(), kind);
}

TEST_F(SignalsTest, OfOtherBranchesAreNotSent) {
  Watch other(running_.channel(), 0, "b2");
  Watch own(running_.channel(), 0, "b1");
  EXPECT_EQ(other.read().kind(), v1::SIGNAL_KIND_HEARTBEAT);
  EXPECT_EQ(own.read().kind(), v1::SIGNAL_KIND_HEARTBEAT);
  break_one();
  for (v1::SignalKind kind : kStory) EXPECT_EQ(own.read_signal().kind(), kind);
  SourceStream second(running_.channel());
  second.hello("s2");
  v1::Event event = make_event("B1", "issued", minutes(20), "cash");
  event.set_branch("b2");
  second.send("s2", 1, {event});
  v1::Ack ack;
  ASSERT_TRUE(second.read_ack(ack));
  running_.move_to(RunningServer::at(minutes(31)));
  EXPECT_EQ(other.read_signal().branch(), "b2");
}

TEST_F(SignalsTest, CarryAVoucherThatIsRedeemedOnce) {
  break_one();
  Watch watch(running_.channel(), 1, "b1");
  std::string code;
  while (code.empty()) code = watch.read_signal().voucher();
  auto stub = v1::PayoutService::NewStub(running_.channel());
  v1::RedeemVoucherRequest request;
  for (char letter : code) {
    if (letter != '-') request.mutable_code()->push_back(static_cast<char>(std::tolower(letter)));
  }
  request.set_branch("b1");
  v1::Payout payout;
  grpc::Status status = stub->RedeemVoucher(make_context("clerk").get(), request, &payout);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(payout.voucher(), code);
  EXPECT_EQ(payout.amount().amount(), "10.00");
  EXPECT_EQ(stub->RedeemVoucher(make_context("clerk").get(), request, &payout).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  request.set_code("0000-0000-0000-00");
  EXPECT_EQ(stub->RedeemVoucher(make_context("clerk").get(), request, &payout).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(SignalsTest, CarryAVoucherOfWhichEachCallGetsItsOwnAnswer) {
  break_one();
  Watch watch(running_.channel(), 1, "b1");
  v1::RedeemVoucherRequest request;
  while (request.code().empty()) request.set_code(watch.read_signal().voucher());
  request.set_request_id("r1");
  auto stub = v1::PayoutService::NewStub(running_.channel());
  v1::Payout payout;
  EXPECT_EQ(stub->RedeemVoucher(make_context().get(), request, &payout).error_code(),
            grpc::StatusCode::UNAUTHENTICATED)
      << "nobody redeems nothing";
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(stub->RedeemVoucher(make_context("clerk").get(), request, &payout).ok());
  request.set_code("no such code");
  EXPECT_EQ(stub->RedeemVoucher(make_context("clerk").get(), request, &payout).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT)
      << "the answer to another request is none";
}

TEST_F(SignalsTest, RefuseAPositionOfTheFuture) {
  auto context = make_context();
  v1::WatchSignalsRequest request;
  request.set_from_position(1'000'000);
  auto stub = v1::SignalService::NewStub(running_.channel());
  auto reader = stub->WatchSignals(context.get(), request);
  v1::WatchSignalsResponse signal;
  EXPECT_FALSE(reader->Read(&signal));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lupaus::tests
