// A server that is restored from a backup wants what came after it once more: its terminals still
// have it in their spools, though it was acknowledged, and nothing is missing in the end. What it
// numbers from then on nobody else has numbered so.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "clients/branch/terminal.h"
#include "lupaus/v1/backup.grpc.pb.h"
#include "server/recorded_book.h"
#include "server/server.h"
#include "server/store/backup.h"
#include "server/store/verify.h"
#include "server/wire/ask.h"
#include "tests/server/running_server.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::tests {
namespace {

using clients::branch::Terminal;
using server::Server;

constexpr std::chrono::seconds kPatience{60};
constexpr uint64_t kBefore = 30, kAfter = 20;

class Restore : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_.file("book"));
    std::ofstream(directory_.file("book") + "/book.yaml") << sample_book();
  }

  /// A server on `data_dir`, at the address of the one before.
  std::unique_ptr<Server> start(const std::string& data_dir) {
    server::config::Config config;
    config.data_dir = directory_.file(data_dir);
    config.book_dir = directory_.file("book");
    config.grpc_listen = address_;
    config.http_listen = {"127.0.0.1", 0};
    auto server = Server::start(config, *clock_);
    if (!server) {
      ADD_FAILURE() << format_error(server.error());
      return nullptr;
    }
    address_ = server::config::parse_address((*server)->grpc_address()).value();
    return std::move(*server);
  }

  std::unique_ptr<Terminal> open_terminal() {
    clients::branch::Options options;
    options.server = address_.text();
    options.source = "b1/counter";
    options.branch = "b1";
    options.spool_dir = directory_.file("spool");
    options.backoff_max = std::chrono::milliseconds(400);
    auto terminal = Terminal::open(options);
    return terminal.ok() ? std::move(*terminal) : nullptr;
  }

  void report(Terminal& terminal, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      const auto sequence =
          terminal.report("issued", "t-" + std::to_string(++issued_), {{"service", "cash"}});
      ASSERT_TRUE(sequence.ok());
      ASSERT_EQ(*sequence, issued_);
    }
    ASSERT_TRUE(terminal.wait_until_acked(kPatience));
  }

  grpc::Status back_up(const Server& server, const std::string& folder) {
    v1::CreateBackupRequest request;
    request.set_folder(folder);
    v1::CreateBackupResponse response;
    const auto channel =
        grpc::CreateChannel(server.grpc_address(), grpc::InsecureChannelCredentials());
    return v1::BackupService::NewStub(channel)->CreateBackup(make_context("otto").get(), request,
                                                             &response);
  }

  void put_back(const std::string& data_dir) {
    const auto restored = server::store::restore_backup(
        directory_.file("backup"), directory_.file(data_dir), server::compile_recorded);
    ASSERT_TRUE(restored.ok()) << format_error(restored.error());
    EXPECT_TRUE(std::filesystem::exists(mark(data_dir)));
  }
  std::filesystem::path mark(const std::string& data_dir) const {
    return std::filesystem::path(directory_.file(data_dir)) / server::store::kRestoredMark;
  }
  bool is_sound(const std::string& data_dir) const {
    server::store::StoreOptions options;
    options.compile_book = server::compile_recorded;
    const auto found = server::store::verify(directory_.file(data_dir) + "/store", options);
    return found.ok() && found->damage.empty();
  }

  /// From where compensations go on, and batches.
  using Numbers = std::pair<uint64_t, uint64_t>;
  static Numbers numbers(Server& server) {
    Numbers seen;
    const auto looked = server::wire::look(server.loop(), [&](const rules::ledger::State& state) {
      seen = {state.ledger.next_number(), state.ledger.first_ordinal()};
    });
    EXPECT_TRUE(looked.ok());
    return seen;
  }

  /// Sequences of the terminal that the server has observed, in their order.
  static std::vector<uint64_t> observed(const Server& server) {
    std::vector<uint64_t> sequences;
    const auto read =
        server.storage().read_journal(1, [&](std::span<const rules::model::Fact> facts) {
          for (const auto& fact : facts) {
            if (const auto* seen = std::get_if<rules::model::Observed>(&fact.body))
              sequences.push_back(seen->event.sequence);
          }
          return true;
        });
    EXPECT_TRUE(read.ok());
    return sequences;
  }
  static std::vector<uint64_t> up_to(uint64_t last) {
    std::vector<uint64_t> sequences;
    for (uint64_t sequence = 1; sequence <= last; ++sequence) sequences.push_back(sequence);
    return sequences;
  }

  support::TemporaryDirectory directory_;
  std::unique_ptr<server::runtime::Clock> clock_ = server::runtime::make_system_clock();
  server::config::Address address_{"127.0.0.1", 0};
  uint64_t issued_ = 0;
};

TEST_F(Restore, TheSpoolBringsBackWhatCameAfterTheBackup) {
  auto server = start("data");
  ASSERT_NE(server, nullptr);
  const auto terminal = open_terminal();
  ASSERT_NE(terminal, nullptr);
  report(*terminal, kBefore);
  const auto status = back_up(*server, directory_.file("backup"));
  ASSERT_TRUE(status.ok()) << status.error_message();
  report(*terminal, kAfter);
  EXPECT_EQ(observed(*server), up_to(kBefore + kAfter));
  server->stop();
  server.reset();

  put_back("restored");
  server = start("restored");
  ASSERT_NE(server, nullptr);
  EXPECT_LE(observed(*server).size(), kBefore + kAfter);
  // The terminal knows only its own sequence; that it is acknowledged means that all before it is.
  report(*terminal, 1);
  EXPECT_EQ(observed(*server), up_to(kBefore + kAfter + 1)) << "each once, none missing";
  terminal->close();
  server->stop();
  server.reset();
  EXPECT_TRUE(is_sound("restored"));
}

TEST_F(Restore, NumbersGoOnElsewhereEachTime) {
  auto server = start("data");
  ASSERT_NE(server, nullptr);
  ASSERT_TRUE(back_up(*server, directory_.file("backup")).ok());
  std::set<Numbers> seen = {numbers(*server)};
  for (const char* folder : {"first", "second"}) {
    server->stop();
    server.reset();
    put_back(folder);
    server = start(folder);
    ASSERT_NE(server, nullptr);
    const Numbers restored = numbers(*server);
    EXPECT_GT(restored, Numbers(1'000'000'000, 1'000'000));
    EXPECT_TRUE(seen.insert(restored).second) << "of another restore of the same backup";
    EXPECT_FALSE(std::filesystem::exists(mark(folder)));
    server->stop();
    server.reset();
    EXPECT_TRUE(is_sound(folder));
    server = start(folder);
    ASSERT_NE(server, nullptr);
    EXPECT_EQ(numbers(*server), restored) << "the next start is one like any other";
  }
}

TEST_F(Restore, KilledBeforeItsMarkIsGoneIsNotedOnceMore) {
  auto server = start("data");
  ASSERT_NE(server, nullptr);
  const Numbers before = numbers(*server);
  server->stop();
  server.reset();
  std::ofstream(mark("data")) << "a kill left it\n";
  server = start("data");
  ASSERT_NE(server, nullptr);
  const Numbers after = numbers(*server);
  EXPECT_GT(after.first, before.first);
  EXPECT_GT(after.second, before.second);
  EXPECT_FALSE(std::filesystem::exists(mark("data")));
}

TEST_F(Restore, AFolderThatIsNotAbsoluteIsRefused) {
  const auto server = start("data");
  ASSERT_NE(server, nullptr);
  const auto status = back_up(*server, "backup");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
}

}  // namespace
}  // namespace lupaus::tests
