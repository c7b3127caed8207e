// Other promises over the server's own history: by the service, and as `lupaus backtest` prints it.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>

#include <fstream>
#include <sstream>

#include "clients/cli/context.h"
#include "lupaus/v1/backtest.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A1 waits 20 minutes, A2 is served after 12; both verdicts are final.
class HistoryBacktest : public testing::Test {
 protected:
  void SetUp() override {
    stream_.hello("b1/counter");
    send({make_event("A1", "issued", {}, "cash"), make_event("A2", "issued", seconds(1), "cash")});
    running_.move_to(RunningServer::at(minutes(12)));
    send({make_event("A2", "service_started", minutes(12), "cash")});
    running_.move_to(RunningServer::at(minutes(20)));
    send({make_event("A1", "service_started", minutes(20), "cash")});
    running_.move_to(RunningServer::at(minutes(21)));
    send({make_event("X1", "issued", minutes(21), "other")});
    running_.server().loop().drain();
  }
  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
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
  std::string book(const std::string& within) {
    std::string text = sample_book();
    text.replace(text.find("within: 15m"), 11, "within: " + within);
    const std::string path = running_.directory() + "/book-" + within + ".yaml";
    std::ofstream(path) << text;
    return path;
  }
  v1::RunBacktestRequest request() const {
    v1::RunBacktestRequest request;
    request.add_files()->set_name("book.yaml");
    request.mutable_files(0)->set_text(sample_book());
    return request;
  }

  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  std::string out_, err_;
};

TEST_F(HistoryBacktest, UnderTheSameBookSaysWhatTheServerRecorded) {
  ASSERT_EQ(lupaus({"breaches", "list", "--all-verdicts"}), 0) << err_;
  const std::string recorded = out_;
  do {  // WHY: a voucher is issued beside the loop, and that is a fact.
    ASSERT_EQ(lupaus({"payouts", "list", "--state", "owed"}), 0) << err_;
  } while (!out_.empty());
  ASSERT_EQ(lupaus({"payouts", "list"}), 0) << err_;
  ASSERT_THAT(out_, HasSubstr("dispatched"));
  const auto position = running_.storage().last_position();
  ASSERT_EQ(lupaus({"backtest", "--promises", book("15m")}), 0) << err_;
  std::istringstream lines(out_);
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_THAT(line, testing::Not(HasSubstr("\"today\"")));
    const std::string known = line.substr(0, line.find("\"started_at\""));
    EXPECT_THAT(recorded, HasSubstr(known));
  }
  EXPECT_EQ(count, 2u);
  EXPECT_THAT(err_,
              HasSubstr("against today: 0 newly breached, 0 no longer; EUR 10.00 -> EUR 10.00"));
  EXPECT_EQ(running_.storage().last_position(), position);
}

// R10: the promises are the same, and hold in the new branch from its publication on.
TEST_F(HistoryBacktest, AgreesWithTheServerAboutABranchThatWasOpenedLater) {
  const std::string opened = sample_book() +
                             "---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {name: b3}\n"
                             "spec: {timezone: Europe/Helsinki}\n";
  ASSERT_TRUE(running_.apply(opened).ok());
  auto issued = make_event("N1", "issued", minutes(22), "cash");
  auto served = make_event("N1", "service_started", minutes(40), "cash");
  for (auto* event : {&issued, &served}) event->set_branch("b3");
  running_.move_to(RunningServer::at(minutes(22)));
  send({issued});
  running_.move_to(RunningServer::at(minutes(40)));
  send({served});
  running_.move_to(RunningServer::at(minutes(41)));
  send({make_event("X2", "issued", minutes(41), "other")});
  running_.server().loop().drain();
  ASSERT_EQ(lupaus({"breaches", "list", "--branch", "b3"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("ticket":"N1","promise":"p15","revision":"1")"));
  const std::string path = running_.directory() + "/opened.yaml";
  std::ofstream(path) << opened;
  ASSERT_EQ(lupaus({"backtest", "--promises", path}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("branch":"b3","ticket":"N1")"));
  EXPECT_THAT(err_, HasSubstr("against today: 0 newly breached, 0 no longer;"));
  EXPECT_EQ(lupaus({"explain", "N1", "--branch", "b3"}), 0);
  EXPECT_THAT(out_, HasSubstr("owed EUR 10.00"));
}

TEST_F(HistoryBacktest, MarksTheLinesThatDifferFromTheRecordedVerdict) {
  ASSERT_EQ(lupaus({"backtest", "--promises", book("10m")}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(R"("today":{"verdict":"kept","owed":null,"paid_state":""}})"));
  EXPECT_THAT(err_, HasSubstr("1 newly breached, 0 no longer"));
  EXPECT_THAT(err_, HasSubstr("Queues are taken as they were"));
  ASSERT_EQ(lupaus({"backtest", "--promises", book("10m"), "--changes"}), 0) << err_;
  EXPECT_THAT(
      out_, StartsWith(R"({"branch":"b1","ticket":"A2","promise":"p15","cycle":1,"today":"kept")"));
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 1);
}

TEST_F(HistoryBacktest, TellsWhatIsNotFinalFromWhatTheServerDidNotBind) {
  send({make_event("A3", "issued", minutes(21), "cash")});
  running_.server().loop().drain();
  std::string wider = sample_book();
  const std::string cash = "ticket.service == \"cash\"";
  wider.replace(wider.find(cash), cash.size(), "ticket.service in [\"cash\", \"other\"]");
  const std::string path = running_.directory() + "/wider.yaml";
  std::ofstream(path) << wider;
  ASSERT_EQ(lupaus({"backtest", "--promises", path}), 0) << err_;
  EXPECT_THAT(err_, HasSubstr("1 newly bound")) << "X1, of another service";
  EXPECT_THAT(err_, HasSubstr("1 not final today")) << "A3, which waits";
}

TEST_F(HistoryBacktest, SweepsOnTheServer) {
  ASSERT_EQ(lupaus({"backtest", "--promises", book("15m"), "--promise", "p15", "--sweep",
                    "within=10m,15m,20m", "--sweep", "pay=5..10/5"}),
            0)
      << err_;
  EXPECT_THAT(out_, StartsWith(R"({"within":"10m","pay":"EUR 5.00","commitments":2,"kept":0,)"));
  EXPECT_THAT(out_, HasSubstr(R"({"within":"15m","pay":"EUR 10.00","commitments":2,"kept":1,)"));
  EXPECT_THAT(out_, HasSubstr(R"({"within":"20m","pay":"EUR 10.00","commitments":2,"kept":2,)"));
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 6);
}

TEST_F(HistoryBacktest, PrintsWhatIsWrongWithTheFilesAndTheWords) {
  EXPECT_EQ(lupaus({"backtest", "--promises", book("fifteen")}), 1);
  EXPECT_THAT(err_, HasSubstr("error P"));
  EXPECT_EQ(lupaus({"backtest", "--promises", book("15m"), "--sweep", "within=5m"}), 2);
  EXPECT_THAT(err_, HasSubstr("--promise NAME"));
  EXPECT_EQ(lupaus({"backtest", "--promises", book("15m"), "--against", book("10m")}), 2);
}

TEST_F(HistoryBacktest, RunsAloneAndStopsWhenItsCallerGoes) {
  // Many times more than a call's window holds, so that the server waits for its reader.
  std::vector<v1::Event> events;
  for (int i = 0; i < 40'000; ++i) {
    events.push_back(make_event("P" + std::to_string(i), "issued", minutes(21), "cash"));
    if (events.size() < 400) continue;  // a message has a limit
    send(events);
    events.clear();
  }
  // Its window stays as it is: what is not read holds the server up.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  auto stub = v1::BacktestService::NewStub(grpc::CreateCustomChannel(
      running_.server().grpc_address(), grpc::InsecureChannelCredentials(), arguments));
  auto call = make_context("anna");
  auto reader = stub->RunBacktest(call.get(), request());
  v1::RunBacktestResponse part;
  ASSERT_TRUE(reader->Read(&part));
  const auto run_another = [&] {
    auto other = make_context("anna");
    auto another = stub->RunBacktest(other.get(), request());
    v1::RunBacktestResponse ignored;
    while (another->Read(&ignored)) {
    }
    return another->Finish().error_code();
  };
  EXPECT_EQ(run_another(), grpc::StatusCode::FAILED_PRECONDITION);
  call->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // Who asks at once waits for the one that was just left.
  EXPECT_EQ(run_another(), grpc::StatusCode::OK);
}

}  // namespace
}  // namespace lupaus::tests
