// The spool keeps what it took through a crash at any byte, says so when it was damaged, and never
// grows without bound.
#include "clients/branch/spool/spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "clients/branch/spool/crc32c.h"

namespace lupaus::clients::branch::spool {
namespace {

using std::chrono::minutes;

class SpoolTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::temp_directory_path() /
                 ("lupaus-spool-" + std::to_string(::getpid()) + "-" + test.name());
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Spool> open(Limits limits = {}) {
    auto spool = Spool::open(directory_.string(), limits);
    EXPECT_TRUE(spool.ok()) << spool.error().message;
    return spool.ok() ? std::move(*spool) : nullptr;
  }
  std::string open_error() {
    auto spool = Spool::open(directory_.string(), {});
    return spool.ok() ? "" : spool.error().code;
  }
  std::filesystem::path first_file() const { return directory_ / Segment::file_name(1); }
  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  static void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Three records, synced and closed.
  void fill() {
    auto spool = open();
    for (const char* payload : {"one", "two", "three"})
      ASSERT_TRUE(spool->sync_to(spool->append(payload).value()).ok());
  }

  std::filesystem::path directory_;
};

TEST(Crc32c, MatchesThePublishedCheckValue) { EXPECT_EQ(crc32c("123456789"), 0xE3069283U); }

TEST_F(SpoolTest, GivesBackWhatItTookAfterItIsOpenedAgain) {
  fill();
  auto spool = open();
  EXPECT_EQ(spool->last(), 3U);
  EXPECT_EQ(spool->synced(), 3U);
  EXPECT_EQ(spool->read(1).value(), "one");
  EXPECT_EQ(spool->read(3).value(), "three");
  EXPECT_EQ(spool->append("four").value(), 4U);
}

TEST_F(SpoolTest, CutsOffALastRecordThatWasTornAtAnyByte) {
  fill();
  const std::string whole = content(first_file());
  const size_t third_at = whole.size() - kRecordHeaderBytes - 5;
  for (size_t length = third_at; length < whole.size(); ++length) {
    write(first_file(), whole.substr(0, length));
    auto spool = open();
    ASSERT_NE(spool, nullptr) << "torn at byte " << length;
    ASSERT_EQ(spool->last(), 2U) << "torn at byte " << length;
    ASSERT_EQ(spool->append("again").value(), 3U);
    ASSERT_EQ(spool->read(3).value(), "again");
  }
}

TEST_F(SpoolTest, TakesAFlippedBitOfTheLastRecordForATornOne) {
  fill();
  const std::string whole = content(first_file());
  for (size_t at = whole.size() - kRecordHeaderBytes - 5; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write(first_file(), flipped);
    ASSERT_EQ(open()->last(), 2U) << "flipped at byte " << at;
  }
}

TEST_F(SpoolTest, RefusesAFlippedBitBeforeOtherRecordsAtAnyByte) {
  fill();
  const std::string whole = content(first_file());
  for (size_t at = 0; at < whole.size() - kRecordHeaderBytes - 5; ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write(first_file(), flipped);
    ASSERT_EQ(open_error(), "spool_damaged") << "flipped at byte " << at;
    ASSERT_EQ(content(first_file()), flipped) << "a damaged spool must not be changed";
  }
}

TEST_F(SpoolTest, KeepsItsNumbers) {
  fill();
  {
    auto spool = open();
    spool->set_epoch(7);
    spool->set_signal_position(41);
    spool->set_tickets(20260105, 200);
    spool->acknowledge(2, Instant(minutes(1)));
    ASSERT_TRUE(spool->save().ok());
  }
  EXPECT_EQ(open()->numbers(), (Numbers{7, 2, 41, 20260105, 200}));
  std::string numbers = content(directory_ / "numbers");
  numbers[numbers.find('7')] = '8';
  write(directory_ / "numbers", numbers);
  EXPECT_EQ(open_error(), "spool_damaged");
}

TEST_F(SpoolTest, RefusesToRepeatNumbersOfAcknowledgedEventsThatAreGone) {
  fill();
  {
    auto spool = open();
    spool->acknowledge(3, Instant{});
    ASSERT_TRUE(spool->save().ok());
  }
  write(first_file(), content(first_file()).substr(0, 10));
  EXPECT_EQ(open_error(), "spool_damaged");
}

TEST_F(SpoolTest, BelongsToOneProgramAtATime) {
  auto spool = open();
  EXPECT_EQ(open_error(), "spool_in_use");
  spool.reset();
  EXPECT_EQ(open_error(), "");
}

TEST_F(SpoolTest, RefusesWhenFullAndTakesAgainOnceAcknowledged) {
  auto spool = open({.bytes_max = 40'000, .keep_acked = minutes(10)});
  const std::string payload(1'000, 'x');
  uint64_t taken = 0;
  Result<uint64_t> last = spool->append(payload);
  for (; last.ok(); last = spool->append(payload)) taken = last.value();
  EXPECT_EQ(last.error().code, "spool_full");
  EXPECT_EQ(taken, 39U);
  EXPECT_LE(spool->bytes(), 40'000U);
  ASSERT_TRUE(spool->sync_to(taken).ok());
  spool->acknowledge(20, Instant{});
  EXPECT_EQ(spool->append(payload).value(), 40U)
      << "room is made of acknowledged events, however young";
  EXPECT_EQ(spool->read(21).value(), payload);
  EXPECT_GT(spool->first(), 1U);
}

TEST_F(SpoolTest, KeepsAcknowledgedEventsForTenMinutes) {
  auto spool = open({.bytes_max = 64'000, .keep_acked = minutes(10)});
  for (int count = 0; count < 30; ++count) ASSERT_TRUE(spool->append(std::string(1'000, 'x')).ok());
  ASSERT_TRUE(spool->sync_to(30).ok());
  spool->acknowledge(30, Instant{});
  spool->acknowledge(30, Instant(minutes(10)) - std::chrono::milliseconds(1));
  EXPECT_EQ(spool->first(), 1U);
  spool->acknowledge(30, Instant(minutes(10)));
  EXPECT_GT(spool->first(), 20U);
  EXPECT_EQ(spool->last(), 30U);
  spool.reset();
  auto again = open();
  EXPECT_EQ(again->last(), 30U);
  EXPECT_EQ(again->append("next").value(), 31U);
}

TEST_F(SpoolTest, TakesAndSyncsFromManyThreadsWithoutGap) {
  auto spool = open();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int count = 0; count < 50; ++count) {
        const Result<uint64_t> sequence = spool->append("payload");
        ASSERT_TRUE(sequence.ok() && spool->sync_to(sequence.value()).ok());
        ASSERT_GE(spool->synced(), sequence.value());
        spool->acknowledge(sequence.value() / 2, Instant{});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(spool->last(), 200U);
  spool.reset();
  EXPECT_EQ(open()->read(200).value(), "payload");
}

}  // namespace
}  // namespace lupaus::clients::branch::spool
