// The day that a payment file asks the bank for is to come when the file is first made, and the
// same in every copy of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "clients/cli/context.h"
#include "server/wire/ask.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// One loan that was served too late, on Monday the 5th of January, in a batch that is approved.
class ExecutionDay : public testing::Test {
 protected:
  ExecutionDay() : running_(true, configure) {}
  static void configure(server::config::Config& config) {
    const std::string key = config.data_dir + "/payee.key";
    std::ofstream(key, std::ios::binary) << std::string(32, 'k');
    ::chmod(key.c_str(), 0600);
    config.finance.payee_key = key;
    config.finance.debtor = {"Esimerkki Saastopankki Oy", "FI2112345600000785", ""};
  }
  void SetUp() override {
    stream_.hello("b1/counter");
    v1::Event issued = make_event("L1", "issued", {}, "loan");
    (*issued.mutable_attributes())["customer"] = "c-1";
    send(issued);
    running_.move_to(RunningServer::at(minutes(31)));
    send(make_event("L1", "service_started", minutes(31)));
    running_.move_to(RunningServer::at(minutes(32)));
    stream_.heartbeat("b1/counter", sent_, minutes(32));
    send(make_event("X", "issued", minutes(32), "other"));
    running_.server().loop().drain();
    const std::string path = running_.directory() + "/payees.csv";
    std::ofstream(path) << "customer,name,iban\nc-1,Anna Virtanen,FI2112345600000785\n";
    lupaus({"payees", "import", path}, "anna");
    lupaus({"payouts", "batch", "create"}, "anna");
    lupaus({"payouts", "batch", "approve", kBatch}, "bea");
  }
  void send(const v1::Event& event) {
    stream_.send("b1/counter", ++sent_, {event});
    v1::Ack ack;
    ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  std::string lupaus(std::vector<std::string> words, const std::string& who) {
    words.insert(words.begin(), {"--server", running_.server().grpc_address(), "--as", who});
    std::istringstream in;
    std::ostringstream out, err;
    EXPECT_EQ(clients::cli::run(words, {in, out, err}), 0) << err.str();
    return out.str();
  }
  std::string pain() {
    return lupaus({"payouts", "batch", "export", kBatch, "--format", "pain.001.001.09"}, "anna");
  }

  static constexpr const char* kBatch = "B-20260105-0001";
  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
};

TEST_F(ExecutionDay, IsToComeWhenTheFileIsFirstMadeAndStaysThen) {
  running_.move_to(RunningServer::at(hours(5 * 24)));  // a Saturday
  const std::string first = pain();
  EXPECT_THAT(first, HasSubstr("<ReqdExctnDt><Dt>2026-01-12</Dt>"));
  EXPECT_THAT(first, HasSubstr("<CreDtTm>2026-01-10T07:00:00Z</CreDtTm>"));
  running_.move_to(RunningServer::at(hours(30 * 24)));
  EXPECT_EQ(pain(), first);
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 1u);
  lupaus({"payouts", "batch", "verify", kBatch}, "anna");
}

TEST_F(ExecutionDay, IsNotThatOfAnotherFormThatLeftBefore) {
  lupaus({"payouts", "batch", "export", kBatch, "--format", "csv"}, "anna");
  running_.move_to(RunningServer::at(hours(48)));
  EXPECT_THAT(pain(), HasSubstr("<ReqdExctnDt><Dt>2026-01-07</Dt>"));
}

TEST_F(ExecutionDay, StaysTheOneOfTheApprovalWhereTheFileLeftByIt) {
  auto who = std::make_shared<rules::model::Actor>();
  who->kind = rules::model::Actor::Kind::person;
  who->id = "anna";
  ASSERT_TRUE(server::wire::ask(running_.server().loop(),
                                rules::model::ExportBatch{kBatch, "pain.001.001.09"}, who));
  running_.move_to(RunningServer::at(hours(48)));
  EXPECT_THAT(pain(), HasSubstr("<ReqdExctnDt><Dt>2026-01-05</Dt>"));
}

TEST_F(ExecutionDay, IsOneForAllWhoExportAtOnceWhileTimePasses) {
  std::vector<std::string> files(8);
  std::vector<std::thread> people;
  for (std::string& file : files) people.emplace_back([&] { file = pain(); });
  for (int i = 0; i < 40; ++i) running_.move_to(RunningServer::at(hours(24) + seconds(i)));
  for (std::thread& person : people) person.join();
  EXPECT_EQ(std::set<std::string>(files.begin(), files.end()).size(), 1u);
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 1u);
}

}  // namespace
}  // namespace lupaus::tests
