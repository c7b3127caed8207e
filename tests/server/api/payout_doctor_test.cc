// What the doctor says of money that lies somewhere: approved and not sent, sent and not answered.
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/context.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Two loans that were served after 31 minutes: EUR 25.00 each, by transfer.
class PayoutDoctor : public testing::Test {
 protected:
  void SetUp() override {
    stream_.hello("b1/counter");
    for (const char* ticket : {"L1", "L2"}) {
      v1::Event event = make_event(ticket, "issued", {}, "loan");
      (*event.mutable_attributes())["customer"] = std::string("c-") + ticket;
      send(event);
    }
    running_.move_to(RunningServer::at(minutes(31)));
    for (const char* ticket : {"L1", "L2"})
      send(make_event(ticket, "service_started", minutes(31)));
    come_to(minutes(32));
  }
  void send(const v1::Event& event) {
    stream_.send("b1/counter", ++sent_, {event});
    v1::Ack ack;
    ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  void come_to(rules::model::Duration offset) {
    running_.move_to(RunningServer::at(offset));
    stream_.heartbeat("b1/counter", sent_, offset);
    send(make_event("X" + std::to_string(sent_), "issued", offset, "other"));
    running_.server().loop().drain();
  }
  /// What it prints.
  std::string lupaus(const std::string& who, std::vector<std::string> words) {
    words.insert(words.begin(), {"--server", running_.server().grpc_address(), "--as", who});
    std::istringstream in;
    std::ostringstream out, err;
    clients::cli::run(words, {in, out, err});
    return out.str() + err.str();
  }
  bool says(const std::string& text) {
    return lupaus("anna", {"doctor"}).find(text) != std::string::npos;
  }

  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
};

TEST_F(PayoutDoctor, TellsOfABatchThatLies) {
  const std::string id = "B-20260105-0001";
  lupaus("anna", {"payouts", "batch", "create"});
  lupaus("bea", {"payouts", "batch", "approve", id});
  come_to(hours(24));
  EXPECT_FALSE(says("approved more than a day ago"));
  come_to(hours(25));
  EXPECT_TRUE(says("1 batch was approved more than a day ago and has not left"));
}

TEST_F(PayoutDoctor, TellsOfTransfersThatNoBankAnswers) {
  const std::string id = "B-20260105-0001";
  lupaus("anna", {"payouts", "batch", "create"});
  lupaus("bea", {"payouts", "batch", "approve", id});
  lupaus("anna", {"payouts", "batch", "export", id, "--format", "csv", "--out", "/dev/null"});
  come_to(hours(24 * 7));
  EXPECT_FALSE(says("no bank has said"));
  come_to(hours(24 * 7 + 1));
  EXPECT_TRUE(says("2 transfers left more than 7 days ago and no bank has said"));
  EXPECT_NE(lupaus("anna", {"payouts", "list", "--state", "dispatched"}).find("SINCE"),
            std::string::npos);
  lupaus("anna", {"payouts", "confirm", "C-1-1", "--booked-on", "2026-01-06", "--reason", "r"});
  EXPECT_TRUE(says("1 transfer left more than 7 days ago"));
}

TEST_F(PayoutDoctor, TellsOfWhatIsHeldUntilSomebodyDecides) {
  EXPECT_FALSE(says("held"));
  lupaus("anna", {"payouts", "hold", "C-1-1", "--reason", "asks for cash"});
  lupaus("anna", {"payouts", "hold", "C-1-2", "--reason", "asks for cash"});
  EXPECT_TRUE(says("2 payouts are held until a person decides on them"));
  lupaus("anna", {"payouts", "release", "C-1-1"});
  lupaus("anna", {"payouts", "decline", "C-1-2", "--reason", "paid in cash"});
  EXPECT_FALSE(says("held"));
}

}  // namespace
}  // namespace lupaus::tests
