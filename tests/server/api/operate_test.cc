// What those see who operate the server: who is silent and what hangs on it, what is left to a
// person and what becomes of it, what is wrong and how it is mended. By the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/context.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A cash customer and a loan customer come at once; the counter is not heard again.
class Operate : public testing::Test {
 protected:
  void SetUp() override {
    stream_.hello("b1/counter");
    send({make_event("A1", "issued", {}, "cash"), make_event("L1", "issued", {}, "loan")});
  }
  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
    running_.server().loop().drain();
  }
  void come_to(rules::model::Duration offset) { running_.move_to(RunningServer::at(offset)); }
  /// Both are served an hour late, and that is final.
  void serve_late() {
    come_to(hours(1));
    send({make_event("A1", "service_started", hours(1)),
          make_event("L1", "service_started", hours(1))});
    come_to(hours(1) + seconds(1));
    send({make_event("X1", "issued", hours(1) + seconds(1), "other")});
  }
  int lupaus(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"--server", running_.server().grpc_address(), "--as", "anna", "-o", "ndjson"});
    std::istringstream in;
    std::ostringstream out, err;
    const int code = clients::cli::run(words, {in, out, err, false, false});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  int decide(const std::string& ticket, const std::string& promise, const std::string& verdict) {
    return lupaus({"reviews", "decide", ticket, "--branch", "b1", "--promise", promise, "--verdict",
                   verdict, "--reason", "the camera shows it"});
  }

  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  std::string out_, err_;
};

TEST_F(Operate, SourcesTellWhatHangsOnTheirSilence) {
  come_to(minutes(20));
  ASSERT_EQ(lupaus({"sources", "list"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("id":"b1/counter","state":"seen","branches":["b1"])"),
                          HasSubstr(R"("silent":"1200s")"), HasSubstr(R"("held_verdicts":1)"),
                          HasSubstr(R"([{"currency":"EUR","amount":"10.00"}])")));
  come_to(minutes(31));
  ASSERT_EQ(lupaus({"sources", "list", "--holding"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("held_verdicts":2)"),
                          HasSubstr(R"([{"currency":"EUR","amount":"35.00"}])")));
  serve_late();
  ASSERT_EQ(lupaus({"sources", "list", "--holding"}), 0) << err_;
  EXPECT_EQ(out_, "") << "nothing hangs on a source that told everything";
}

TEST_F(Operate, TheBoardSaysWhoIsSilentAndWhatIsProvisional) {
  come_to(minutes(14));
  ASSERT_EQ(lupaus({"tickets", "list"}), 0) << err_;
  EXPECT_EQ(err_, "") << "nothing waits yet";
  come_to(minutes(20));
  ASSERT_EQ(lupaus({"tickets", "list"}), 0) << err_;
  EXPECT_EQ(err_, "note: b1/counter silent for 1200s: 1 verdict provisional, EUR 10.00 at stake\n");
  ASSERT_EQ(lupaus({"tickets", "list", "--branch", "b2"}), 0) << err_;
  EXPECT_EQ(err_, "") << "no verdict of that branch hangs on it";
  serve_late();
  ASSERT_EQ(lupaus({"tickets", "list"}), 0) << err_;
  EXPECT_EQ(err_, "");
}

TEST_F(Operate, SourcesTellHowMuchIsStillToCome) {
  ASSERT_EQ(lupaus({"sources", "list"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("backlog":0)"));
  stream_.heartbeat("b1/counter", 7, {});
  v1::StreamEventsRequest nothing_more;
  const auto is_told = [&] {
    return lupaus({"sources", "list"}) == 0 && out_.find(R"("backlog":5)") != std::string::npos;
  };
  for (int i = 0; i < 500 && !is_told(); ++i) running_.server().loop().drain();
  EXPECT_TRUE(is_told()) << out_;
}

TEST_F(Operate, ASourceThatIsRetiredHoldsNothing) {
  come_to(minutes(20));
  EXPECT_EQ(lupaus({"sources", "retire", "b1/nobody", "--reason", "sold"}), 4);
  EXPECT_THAT(err_, HasSubstr("lupaus sources list"));
  ASSERT_EQ(lupaus({"sources", "retire", "b1/counter", "--reason", "burnt"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("state":"retired","branches":["b1"])"),
                          HasSubstr(R"("retired_reason":"burnt")")));
}

TEST_F(Operate, WhatSilenceLeftOpenIsDecidedByAPerson) {
  ASSERT_EQ(lupaus({"reviews", "list"}), 0) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_EQ(decide("A1", "p15", "breached"), 4) << "there is nothing to decide yet";
  come_to(hours(26));
  ASSERT_EQ(lupaus({"reviews", "list", "--kind", "indeterminate"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("ticket":"A1")"), HasSubstr(R"("ticket":"L1")"),
                          HasSubstr(R"("reason":"silence")"),
                          HasSubstr(R"({"currency":"EUR","amount":"25.00"})")));
  ASSERT_EQ(decide("L1", "p30", "kept"), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("payout":null)"));
  ASSERT_EQ(decide("A1", "p15", "breached"), 0) << err_;
  ASSERT_EQ(lupaus({"reviews", "list"}), 0) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_NE(decide("A1", "p15", "kept"), 0) << "the verdict is decided once, for ever";
  ASSERT_EQ(lupaus({"explain", "A1", "--branch", "b1"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr("confirmed indeterminate: a source was silent"),
                          HasSubstr("anna decides breached: the camera shows it")));
  ASSERT_EQ(lupaus({"tickets", "list"}), 0) << err_;
  EXPECT_THAT(out_, Not(HasSubstr("indeterminate"))) << "what was decided counts";
}

TEST_F(Operate, LateEvidenceHoldsWhatIsUnpaidUntilAPersonDecides) {
  serve_late();
  ASSERT_EQ(lupaus({"reviews", "list"}), 0) << err_;
  EXPECT_EQ(out_, "");
  send({make_event("L1", "service_started", minutes(10))});
  ASSERT_EQ(lupaus({"reviews", "list", "--kind", "held"}), 0) << err_;
  EXPECT_THAT(out_,
              AllOf(HasSubstr(R"("ticket":"L1")"), HasSubstr(R"("reason":"late evidence")"),
                    HasSubstr(R"("verdict":"breached")"), HasSubstr(R"("late_verdict":"kept")"),
                    HasSubstr(R"({"currency":"EUR","amount":"25.00"})")));
  ASSERT_EQ(lupaus({"breaches", "list"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("ticket":"L1")"), HasSubstr(R"("paid_state":"held")")));
  EXPECT_NE(lupaus({"payouts", "batch", "create"}), 0) << "what is held is in no batch";
  ASSERT_EQ(decide("L1", "p30", "kept"), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("payout_state":"declined")"));
  ASSERT_EQ(lupaus({"explain", "L1", "--branch", "b1"}), 0) << err_;
  EXPECT_THAT(
      out_, AllOf(HasSubstr("events that came after it was final say kept; what is final stays\\n"),
                  HasSubstr("anna decides kept: the camera shows it")));
}

/// A1's voucher is out, L1's transfer is not on its way.
TEST_F(Operate, WhatWasPaidInErrorIsListed) {
  serve_late();
  ASSERT_EQ(lupaus({"payouts", "list", "--paid-in-error"}), 0) << err_;
  EXPECT_EQ(out_, "");
  send({make_event("A1", "service_started", minutes(10)),
        make_event("L1", "service_started", minutes(10))});
  ASSERT_EQ(lupaus({"payouts", "list", "--paid-in-error"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr(R"("ticket":"A1")"), HasSubstr(R"("paid_in_error":true)"),
                          Not(HasSubstr(R"("ticket":"L1")"))));
  ASSERT_EQ(lupaus({"explain", "A1", "--branch", "b1"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("say kept; what is final stays, and what is paid is paid in error"));
}

TEST_F(Operate, ADeclaredSourceThatWasNeverHeardCanBeRetired) {
  std::string book = sample_book();
  const std::string declared = "{id: b1/counter}";
  book.replace(book.find(declared), declared.size(), declared + ", {id: b1/kiosk}");
  ASSERT_TRUE(running_.apply(book).ok());
  ASSERT_EQ(lupaus({"sources", "retire", "b1/kiosk", "--reason", "never delivered"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("id":"b1/kiosk","state":"retired")"));
}

TEST_F(Operate, ASummaryBelowItsAimIsANo) {
  serve_late();
  EXPECT_EQ(lupaus({"breaches", "summary", "--by", "branch", "--fail-under", "0%"}), 0) << err_;
  EXPECT_EQ(lupaus({"breaches", "summary", "--by", "branch", "--fail-under", "0.1%"}), 1);
  EXPECT_THAT(err_, HasSubstr("expected at least 0.1"));
  EXPECT_EQ(lupaus({"breaches", "summary", "--by", "branch", "--fail-under", "most"}), 2);
}

TEST_F(Operate, ADecisionNeedsAReason) {
  come_to(hours(26));
  EXPECT_EQ(lupaus({"reviews", "decide", "A1", "--branch", "b1", "--promise", "p15", "--verdict",
                    "breached", "--reason", ""}),
            2);
  EXPECT_THAT(err_, HasSubstr("reason"));
}

TEST_F(Operate, DoctorNamesTheCommandThatMends) {
  come_to(hours(2));
  const int code = lupaus({"doctor"});
  EXPECT_EQ(code, 1) << out_ << err_;
  EXPECT_THAT(out_, AllOf(HasSubstr("b1/counter"), HasSubstr("lupaus sources"),
                          HasSubstr("lupaus backup")));
}

}  // namespace
}  // namespace lupaus::tests
