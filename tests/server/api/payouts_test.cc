// Finance at its desk, over a real gRPC server: lives of compensations, races of people, files of
// any size, and proofs.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "clients/cli/context.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Stub = v1::PayoutService::Stub;

/// What one run of the command line said.
struct Said {
  int code = 0;
  std::string out, err;
};

/// Loans that were served too late: EUR 25 each, by transfer.
class Desk : public testing::Test {
 protected:
  explicit Desk(const std::function<void(server::config::Config&)>& change = {})
      : running_(true, change) {}
  void SetUp() override { stream_.hello("b1/counter"); }

  /// `count` customers who waited 31 minutes.
  void break_promises(int count) {
    std::vector<v1::Event> issued, served;
    for (int i = 0; i < count; ++i) {
      const std::string ticket = "L" + std::to_string(++tickets_);
      issued.push_back(make_event(ticket, "issued", offset_, "loan"));
      (*issued.back().mutable_attributes())["customer"] = "c-" + ticket;
      served.push_back(make_event(ticket, "service_started", offset_ + minutes(31)));
    }
    send(issued);
    come_to(offset_ + minutes(31));
    send(served);
    come_to(offset_ + minutes(1));
  }
  void send(const std::vector<v1::Event>& events) {
    stream_.send("b1/counter", sent_ + 1, events);
    sent_ += events.size();
    v1::Ack ack;
    while (ack.up_to_sequence() < sent_) ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  void come_to(rules::model::Duration offset) {
    offset_ = offset;
    running_.move_to(RunningServer::at(offset));
    stream_.heartbeat("b1/counter", sent_, offset);
    send({make_event("X" + std::to_string(sent_), "issued", offset, "other")});
    running_.server().loop().drain();
  }
  std::unique_ptr<Stub> stub() { return v1::PayoutService::NewStub(running_.channel()); }

  std::string create(const std::string& who) {
    v1::PayoutBatch batch;
    const grpc::Status status = stub()->CreatePayoutBatch(make_context(who).get(), {}, &batch);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return batch.id();
  }
  grpc::Status approve(const std::string& id, const std::string& who) {
    v1::ApprovePayoutBatchRequest request;
    request.set_id(id);
    v1::PayoutBatch batch;
    return stub()->ApprovePayoutBatch(make_context(who).get(), request, &batch);
  }
  /// The whole file; "" when it is refused.
  std::string download(const std::string& id) {
    v1::DownloadPayoutBatchRequest request;
    request.set_id(id);
    request.set_format("csv");
    const auto context = make_context("anna");
    const auto pinned = stub();
    const auto reader = pinned->DownloadPayoutBatch(context.get(), request);
    v1::DownloadPayoutBatchResponse part;
    std::string content;
    uint64_t size = 0;
    while (reader->Read(&part)) {
      size = std::max<uint64_t>(size, part.size_bytes());
      content += part.content();
    }
    EXPECT_EQ(content.size(), size);
    return reader->Finish().ok() ? content : "";
  }
  Said lupaus(std::vector<std::string> words) {
    std::istringstream in;
    std::ostringstream out, err;
    words.insert(words.begin(), {"--server", running_.server().grpc_address()});
    const int code = clients::cli::run(words, {in, out, err});
    return {code, out.str(), err.str()};
  }

  /// As anna; gives the exit code.
  int anna(std::vector<std::string> words) {
    words.insert(words.begin(), {"--as", "anna"});
    return lupaus(std::move(words)).code;
  }

  RunningServer running_;
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  int tickets_ = 0;
  rules::model::Duration offset_{};
};

TEST_F(Desk, TellsTheWholeLifeOfACompensation) {
  break_promises(2);
  const std::string id = create("anna");
  ASSERT_TRUE(approve(id, "bea").ok());
  ASSERT_FALSE(download(id).empty());
  v1::GetPayoutRequest request;
  request.set_id("C-1-2");
  v1::PayoutLife life;
  const grpc::Status status = stub()->GetPayout(make_context("anna").get(), request, &life);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(life.payout().state(), "dispatched");
  EXPECT_EQ(life.payout().batch(), id);
  EXPECT_EQ(life.computed().amount(), "25.00");
  EXPECT_NE(life.tier_clause().find("over 30m"), std::string::npos) << life.tier_clause();
  std::string steps;
  for (const auto& step : life.steps())
    steps +=
        step.step() + " by " + step.actor() + " (" + step.actor_kind() + "): " + step.text() + "\n";
  EXPECT_EQ(steps,
            "owed by lupaus (system): EUR 25.00\n"
            "in batch by anna (person): B-20260105-0001\n"
            "batch approved by bea (person): B-20260105-0001\n"
            "batch exported by anna (person): B-20260105-0001: csv\n");
  request.set_id("C-1-99");
  EXPECT_EQ(stub()->GetPayout(make_context("anna").get(), request, &life).error_code(),
            grpc::StatusCode::NOT_FOUND);
  request.set_id("nonsense");
  EXPECT_EQ(stub()->GetPayout(make_context("anna").get(), request, &life).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(Desk, ManyApproveAndOneDoes) {
  break_promises(3);
  const std::string id = create("anna");
  std::atomic<int> approved{0};
  std::vector<std::thread> people;
  for (int i = 0; i < 8; ++i) {
    people.emplace_back([&, i] {
      if (approve(id, "bea" + std::to_string(i)).ok()) ++approved;
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(approved, 1);
  EXPECT_EQ(running_.count_facts<rules::model::BatchApproved>(), 1u);
}

TEST_F(Desk, ManyExportAndAllGetTheSameBytes) {
  break_promises(3);
  const std::string id = create("anna");
  EXPECT_EQ(download(id), "") << "nobody has approved it";
  ASSERT_TRUE(approve(id, "bea").ok());
  std::vector<std::string> files(8);
  std::vector<std::thread> people;
  for (std::string& file : files) people.emplace_back([&] { file = download(id); });
  for (std::thread& person : people) person.join();
  EXPECT_EQ(std::set<std::string>(files.begin(), files.end()).size(), 1u);
  EXPECT_NE(files.front().find("25.00"), std::string::npos);
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 1u);
}

TEST_F(Desk, ManyCreateAndNoLineIsInTwoBatches) {
  break_promises(5);
  std::atomic<int> created{0};
  std::vector<std::thread> people;
  for (int i = 0; i < 8; ++i) {
    people.emplace_back([&, i] {
      v1::PayoutBatch batch;
      const auto context = make_context("p" + std::to_string(i));
      if (stub()->CreatePayoutBatch(context.get(), {}, &batch).ok()) ++created;
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(created, 1);
}

TEST_F(Desk, ACreatorDoesNotApproveInCapitalsEither) {
  break_promises(1);
  const std::string id = create("anna");
  for (const char* name : {"anna", "ANNA", "Anna"})
    EXPECT_EQ(approve(id, name).error_code(), grpc::StatusCode::PERMISSION_DENIED) << name;
  EXPECT_EQ(lupaus({"--as", "aNNa", "payouts", "batch", "approve", id}).code, 5);
  EXPECT_TRUE(approve(id, "bea").ok());
}

TEST_F(Desk, WhoEnteredAnEventDoesNotApproveItsMoney) {
  std::string book = sample_book();
  const std::string end = "instrument: transfer}";
  book.replace(book.find(end), end.size(), "instrument: transfer, approval: {over: EUR 1.00}}");
  ASSERT_TRUE(running_.apply(book).ok());
  come_to(minutes(1));
  v1::Event issued = make_event("E1", "issued", minutes(1), "loan");
  (*issued.mutable_attributes())["customer"] = "c-E1";
  send({issued});
  come_to(minutes(40));
  v1::CreateEventsRequest entered;
  v1::Event& served = *entered.add_events();
  served = make_event("E1", "service_started", minutes(40));
  served.set_source("b1/counter");
  served.set_epoch(1);
  served.set_sequence(++sent_);
  v1::CreateEventsResponse taken;
  const auto events = v1::EventService::NewStub(running_.channel());
  ASSERT_TRUE(events->CreateEvents(make_context("carl").get(), entered, &taken).ok());
  ASSERT_EQ(taken.acks(0).rejected_size(), 0) << taken.ShortDebugString();
  come_to(minutes(41));
  const Said own = lupaus({"--as", "Carl", "payouts", "approve", "C-1-1"});
  EXPECT_EQ(own.code, 5);
  EXPECT_NE(own.err.find("entered or changed C-1-1"), std::string::npos) << own.err;
  EXPECT_EQ(anna({"payouts", "approve", "C-1-1"}), 0);
}

TEST_F(Desk, VerifiesEveryLine) {
  break_promises(4);
  const std::string id = create("anna");
  const Said draft = lupaus({"payouts", "batch", "verify", id});
  EXPECT_EQ(draft.code, 0) << draft.err;
  EXPECT_NE(draft.out.find("4 of 4 lines are what the events give"), std::string::npos)
      << draft.out;
  EXPECT_NE(draft.out.find("by nobody yet"), std::string::npos) << draft.out;
  ASSERT_TRUE(approve(id, "bea").ok());
  const Said approved = lupaus({"-o", "json", "payouts", "batch", "verify", id});
  EXPECT_EQ(approved.code, 0) << approved.err;
  EXPECT_NE(approved.out.find("\"proved\":true"), std::string::npos) << approved.out;
  EXPECT_NE(approved.out.find("\"differences\":[]"), std::string::npos) << approved.out;
  EXPECT_EQ(lupaus({"payouts", "batch", "verify", "B-1"}).code, 4);
}

TEST_F(Desk, ReconcilesToTheCent) {
  EXPECT_NE(lupaus({"payouts", "reconcile"}).out.find("difference 0.00"), std::string::npos);
  break_promises(3);
  const std::string id = create("anna");
  ASSERT_TRUE(approve(id, "bea").ok());
  break_promises(2);
  const Said said = lupaus({"-o", "csv", "payouts", "reconcile", "--by", "day,promise"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out,
            "day,promise,currency,count,owed,open,held,claimable,approved,exported,paid,returned,"
            "failed,declined\r\n"
            "2026-01-05,p30,EUR,5,125.00,50.00,0.00,0.00,75.00,0.00,0.00,0.00,0.00,0.00\r\n");
  EXPECT_NE(said.err.find("difference 0.00"), std::string::npos) << said.err;
  const Said later = lupaus({"payouts", "reconcile", "--from", "2026-01-06"});
  EXPECT_NE(later.out.find("nothing was owed"), std::string::npos) << later.out;
  EXPECT_EQ(lupaus({"payouts", "reconcile", "--from", "tomorrow"}).code, 2);
  EXPECT_EQ(lupaus({"payouts", "reconcile", "--from", "2026-02-01", "--to", "2026-01-01"}).code, 2);
  EXPECT_EQ(lupaus({"payouts", "reconcile", "--by", "weather"}).code, 2);
}

TEST_F(Desk, ListsInTheOrderOfTheContract) {
  break_promises(1);
  const Said said = lupaus({"-o", "ndjson", "payouts", "list"});
  const std::string begin =
      R"({"id":"C-1-1","branch":"b1","ticket":"L1","promise":"p30","revision":"1","cycle":1,)"
      R"("customer":"c-L1","amount":"25.00","currency":"EUR","instrument":"transfer","state":"owed",)"
      R"("reason":"","owed_at":")";
  EXPECT_EQ(said.out.substr(0, begin.size()), begin);
  EXPECT_NE(said.out.find(R"("due_on":null,"batch":null,"reverses":null)"), std::string::npos)
      << said.out;
  EXPECT_EQ(lupaus({"-o", "ndjson", "payouts", "list", "--claimable"}).out, "");
  EXPECT_EQ(lupaus({"-o", "ndjson", "payouts", "list", "--overdue"}).out, "");
  EXPECT_EQ(lupaus({"-o", "ndjson", "payouts", "list", "--awaiting-payee"}).out, "");
  EXPECT_EQ(lupaus({"payouts", "list", "--state", "lost"}).code, 2);
  EXPECT_EQ(lupaus({"payouts", "list", "--claimable", "--state", "paid"}).code, 2);
}

TEST_F(Desk, SaysWhatIsMissing) {
  EXPECT_EQ(lupaus({"--as", "anna", "payouts", "batch", "create"}).code, 4) << "nothing to pay";
  EXPECT_EQ(lupaus({"payouts", "batch", "create"}).code, 5) << "nobody says who acts";
  EXPECT_EQ(lupaus({"payouts", "batch", "show", "B-1"}).code, 4);
  EXPECT_EQ(lupaus({"payouts", "show", "C-1-1"}).code, 4);
  EXPECT_EQ(lupaus({"--as", "anna", "payouts", "decline", "C-1-1"}).code, 2) << "no reason";
  EXPECT_EQ(
      lupaus({"--as", "anna", "payouts", "instrument", "C-1-1", "--to", "gold", "--reason", "r"})
          .code,
      2);
  EXPECT_EQ(lupaus({"payouts", "batch", "export", "B-1", "--format", "pdf"}).code, 2);
}

TEST_F(Desk, PeopleHoldReleaseDeclineAndChangeTheWayOfPaying) {
  break_promises(3);
  EXPECT_EQ(anna({"payouts", "hold", "C-1-1", "--reason", " "}), 2);
  EXPECT_EQ(anna({"payouts", "hold", "C-1-1", "--reason", "looks odd"}), 0);
  EXPECT_EQ(anna({"payouts", "hold", "C-1-1", "--reason", "again"}), 4);
  EXPECT_EQ(anna({"payouts", "decline", "C-1-2", "--reason", "paid in cash"}), 0);
  EXPECT_EQ(anna({"payouts", "approve", "C-1-2"}), 4) << "it is declined";
  EXPECT_EQ(anna({"payouts", "instrument", "C-1-3", "--to", "voucher", "--reason", "asked"}), 0);
  EXPECT_EQ(anna({"payouts", "batch", "create"}), 4) << "nothing is left for it";
  EXPECT_EQ(anna({"payouts", "release", "C-1-1"}), 0);
  EXPECT_EQ(anna({"payouts", "batch", "create"}), 0);
  const Said life = lupaus({"payouts", "show", "C-1-1"});
  EXPECT_EQ(life.code, 0) << life.err;
  for (const char* part : {"C-1-1: EUR 25.00 by transfer", "held", "looks odd", "released", "anna",
                           "in batch", "over 30m"})
    EXPECT_NE(life.out.find(part), std::string::npos) << part << " in\n" << life.out;
  const Said books = lupaus({"-o", "csv", "payouts", "reconcile"});
  EXPECT_EQ(books.code, 0) << books.out << books.err;
}

TEST_F(Desk, ABatchThatIsGivenUpOwesItsLinesAgain) {
  break_promises(2);
  const std::string id = create("anna");
  EXPECT_EQ(anna({"payouts", "batch", "discard", id}), 2) << "no reason";
  EXPECT_EQ(anna({"payouts", "batch", "discard", id, "--reason", "too early"}), 0);
  EXPECT_EQ(anna({"payouts", "batch", "discard", id, "--reason", "again"}), 4);
  EXPECT_EQ(anna({"payouts", "batch", "export", id, "--format", "csv"}), 4);
  const Said shown = lupaus({"-o", "ndjson", "payouts", "batch", "list"});
  EXPECT_NE(shown.out.find(R"("state":"discarded")"), std::string::npos) << shown.out;
  EXPECT_NE(create("bea"), id);
}

/// With payees, an account and a chart of accounts.
class Bank : public Desk {
 protected:
  Bank() : Desk(configure) {}
  static void configure(server::config::Config& config) {
    const std::string key = config.data_dir + "/payee.key";
    std::ofstream(key, std::ios::binary) << std::string(32, 'k');
    ::chmod(key.c_str(), 0600);
    config.finance.payee_key = key;
    config.finance.debtor = {"Esimerkki Saastopankki Oy", "FI2112345600000785", ""};
    config.finance.accounts = {"4010", "2939", "1910", "V0", "V1"};
  }
  void import(const std::string& rows) {
    const std::string path = running_.directory() + "/payees.csv";
    std::ofstream(path) << "customer,name,iban\n" << rows;
    EXPECT_EQ(anna({"payees", "import", path}), 0);
  }
};

TEST_F(Bank, PaysOnlyWhoIsKnown) {
  break_promises(3);
  Said said = lupaus({"--as", "anna", "payouts", "batch", "create"});
  EXPECT_EQ(said.code, 4);
  EXPECT_NE(said.err.find("3 wait for a payee"), std::string::npos) << said.err;
  import("c-L1,Anna Virtanen,FI2112345600000785\nc-L3,Bo Berg,SE4550000000058398257466\n");
  said = lupaus({"--as", "anna", "-o", "json", "payouts", "batch", "create"});
  EXPECT_NE(said.out.find(R"("count":2,"total":{"currency":"EUR","amount":"50.00"})"),
            std::string::npos)
      << said.out;
  EXPECT_NE(said.err.find("1 more waits for a payee"), std::string::npos) << said.err;
  said = lupaus({"-o", "ndjson", "payouts", "list", "--awaiting-payee"});
  EXPECT_EQ(said.out.substr(0, 13), R"({"id":"C-1-2")") << said.out;
  EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 1);
}

TEST_F(Bank, EveryFormatIsTheSameBytesEachTime) {
  break_promises(2);
  import("c-L1,Anna Virtanen,FI2112345600000785\nc-L2,Bo Berg,SE4550000000058398257466\n");
  const std::string id = create("anna");
  ASSERT_TRUE(approve(id, "bea").ok());
  const std::vector<std::string> books = {"--as",   "anna", "payouts",  "batch",
                                          "export", id,     "--format", "posting"};
  EXPECT_EQ(lupaus(books).code, 0);
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 0u) << "books move no money";
  for (const char* format : {"csv", "csv-excel", "xlsx", "json", "pain.001.001.09", "posting"}) {
    const std::vector<std::string> words = {"--as",   "anna", "payouts",  "batch",
                                            "export", id,     "--format", format};
    const Said first = lupaus(words);
    EXPECT_EQ(first.code, 0) << format << first.err;
    EXPECT_FALSE(first.out.empty()) << format;
    EXPECT_EQ(lupaus(words).out, first.out) << format;
  }
  EXPECT_EQ(lupaus({"payouts", "batch", "verify", id}).code, 0);
}

TEST_F(Bank, ApprovedMoneyGoesToTheAccountThatWasApproved) {
  break_promises(2);
  import("c-L1,Anna Virtanen,FI2112345600000785\nc-L2,Bo Berg,SE4550000000058398257466\n");
  const std::string id = create("anna");
  ASSERT_TRUE(approve(id, "bea").ok());
  import("c-L1,Anna Virtanen,SE4550000000058398257466\n");
  for (const char* format : {"csv", "csv-excel", "xlsx", "json", "pain.001.001.09"}) {
    const Said said =
        lupaus({"--as", "anna", "payouts", "batch", "export", id, "--format", format});
    EXPECT_EQ(said.code, 4) << format;
    EXPECT_EQ(said.out, "") << format;
    EXPECT_NE(said.err.find("since `bea` approved it"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("batch discard " + id), std::string::npos) << said.err;
  }
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 0u);
  EXPECT_EQ(lupaus({"--as", "anna", "payouts", "batch", "discard", id, "--reason", "moved"}).code,
            0);
  const std::string anew = create("anna");
  ASSERT_TRUE(approve(anew, "bea").ok());
  EXPECT_EQ(lupaus({"--as", "anna", "payouts", "batch", "export", anew, "--format", "csv"}).code,
            0);
}

TEST_F(Bank, AnotherFileForTheSameBatchIsRefused) {
  break_promises(1);
  import("c-L1,Anna Virtanen,FI2112345600000785\n");
  const std::string id = create("anna");
  ASSERT_TRUE(approve(id, "bea").ok());
  const std::vector<std::string> words = {"--as",   "anna", "payouts",  "batch",
                                          "export", id,     "--format", "pain.001.001.09"};
  const Said first = lupaus(words);
  ASSERT_EQ(first.code, 0) << first.err;
  import("c-L1,Anna Virtanen,SE4550000000058398257466\n");
  const Said other = lupaus(words);
  EXPECT_EQ(other.code, 4);
  EXPECT_EQ(other.out, "");
  EXPECT_NE(other.err.find("since `bea` approved it"), std::string::npos) << other.err;
  import("c-L1,Anna Virtanen,FI2112345600000785\n");
  EXPECT_EQ(lupaus(words).out, first.out);
  EXPECT_EQ(running_.count_facts<rules::model::BatchExported>(), 1u);
}

/// With a webhook, whose secret lies in a file.
class Signed : public Desk {
 protected:
  Signed() : Desk(configure) {}
  static std::string file_in(const std::string& directory) { return directory + "/webhook.secret"; }
  static void configure(server::config::Config& config) {
    std::ofstream(file_in(config.data_dir)) << "first\n";
    config.webhook.emplace();
    config.webhook->url = "http://127.0.0.1:1/";
    config.webhook->secret_files = {file_in(config.data_dir)};
  }
};

TEST_F(Signed, SecretsAreReadAgainWhileItRuns) {
  const std::string path = file_in(running_.directory());
  std::ofstream(path) << "second\n";
  EXPECT_TRUE(running_.server().reload().ok());
  std::ofstream(path) << "\n";
  EXPECT_EQ(running_.server().reload().error().code, "no_secret");
  ::unlink(path.c_str());
  EXPECT_FALSE(running_.server().reload().ok());
}

}  // namespace
}  // namespace lupaus::tests
