// A batch has one currency, and whoever draws it up hears what is left in others.
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/context.h"
#include "tests/server/running_server.h"

namespace lupaus::tests {
namespace {

using std::chrono::minutes;

/// Loans in euro, and `abroad` SEK 100.00 for the same wait.
std::string book_of_two_currencies() {
  const std::string book = sample_book();
  std::string second = book.substr(book.rfind("---\n"));
  const auto replace = [&](const std::string& from, const std::string& to) {
    second.replace(second.find(from), from.size(), to);
  };
  replace("p30", "p30-abroad");
  replace("\"loan\"", "\"abroad\"");
  replace("EUR 25.00", "SEK 100.00");
  return book + second;
}

class TwoCurrencies : public testing::Test {
 protected:
  void SetUp() override {
    const grpc::Status applied = running_.apply(book_of_two_currencies());
    ASSERT_TRUE(applied.ok()) << applied.error_message();
    stream_.hello("b1/counter");
  }
  /// Each waited 31 minutes for its service, in this order.
  void break_promises(const std::vector<std::string>& services) {
    const size_t first = count_;
    for (const std::string& service : services) {
      v1::Event event = make_event("L" + std::to_string(++count_), "issued", {}, service);
      (*event.mutable_attributes())["customer"] = "c-" + std::to_string(count_);
      send(event);
    }
    running_.move_to(RunningServer::at(minutes(31)));
    for (size_t i = first + 1; i <= count_; ++i)
      send(make_event("L" + std::to_string(i), "service_started", minutes(31)));
    running_.move_to(RunningServer::at(minutes(32)));
    stream_.heartbeat("b1/counter", sent_, minutes(32));
    send(make_event("X", "issued", minutes(32), "other"));
    running_.server().loop().drain();
  }
  void send(const v1::Event& event) {
    stream_.send("b1/counter", ++sent_, {event});
    v1::Ack ack;
    ASSERT_TRUE(stream_.read_ack(ack));
    ASSERT_EQ(ack.rejected_size(), 0) << ack.ShortDebugString();
  }
  /// What `lupaus payouts batch create` prints, its talk behind it.
  std::string create(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"--server", running_.server().grpc_address(), "--as", "anna", "-o",
                                 "json", "payouts", "batch", "create"});
    std::istringstream in;
    std::ostringstream out, err;
    code_ = clients::cli::run(words, {in, out, err});
    return out.str() + err.str();
  }

  RunningServer running_{false};
  SourceStream stream_{running_.channel()};
  uint64_t sent_ = 0;
  size_t count_ = 0;
  int code_ = 0;
};

TEST_F(TwoCurrencies, AreToldOfWhenABatchIsDrawnUp) {
  break_promises({"loan", "abroad", "loan", "abroad", "abroad"});
  const std::string first = create();
  EXPECT_NE(first.find(R"("count":2,"total":{"currency":"EUR","amount":"50.00"})"),
            std::string::npos)
      << first;
  EXPECT_NE(first.find("3 more in SEK, 300.00: `lupaus payouts batch create --currency SEK`"),
            std::string::npos)
      << first;
  const std::string second = create();
  EXPECT_NE(second.find(R"("count":3,"total":{"currency":"SEK","amount":"300.00"})"),
            std::string::npos)
      << second;
  EXPECT_EQ(second.find("more in"), std::string::npos) << second;
}

TEST_F(TwoCurrencies, AreChosenByName) {
  break_promises({"loan", "abroad"});
  const std::string foreign = create({"--currency", "SEK"});
  EXPECT_NE(foreign.find(R"("count":1,"total":{"currency":"SEK","amount":"100.00"})"),
            std::string::npos)
      << foreign;
  EXPECT_NE(foreign.find("1 more in EUR, 25.00"), std::string::npos) << foreign;
  EXPECT_NE(create({"--currency", "SEK"}).find("no transfer in SEK is owed"), std::string::npos);
  EXPECT_EQ(code_, 4);
  EXPECT_NE(create({"--currency", "euro"}).find("expected a currency like EUR"), std::string::npos);
  EXPECT_EQ(code_, 2);
  create({"--currency", "EUR"});
  EXPECT_EQ(code_, 0) << "what was refused has drawn nothing up";
}

}  // namespace
}  // namespace lupaus::tests
