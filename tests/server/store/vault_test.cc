// The vault's database: durable, alone, and what is erased is in none of its files any more.
#include "server/store/vault.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/temporary_directory.h"

namespace lupaus::server::store {
namespace {

using payees::VaultChange;
using payees::VaultRows;

std::string all_bytes(const std::string& path) {
  std::ostringstream all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }
  return all.str();
}

std::map<std::string, std::string> rows_of(const VaultRows& vault) {
  std::map<std::string, std::string> rows;
  const auto read = vault.scan([&](std::string_view key, std::string_view value) {
    rows.emplace(key, value);
    return true;
  });
  EXPECT_TRUE(read.ok());
  return rows;
}

/// Bytes that are found again: no compression, no other row has them.
std::string bytes_of_row(int number) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "sealed-" + std::to_string(number * 1000 + i) + ";";
  return bytes;
}

class Vault : public testing::Test {
 protected:
  void write(const std::vector<VaultChange>& changes) {
    const auto written = vault_->write(changes);
    ASSERT_TRUE(written.ok()) << written.error().message;
  }
  void reopen() {
    vault_.reset();
    vault_ = std::move(*open_vault(path_));
  }

  tests::support::TemporaryDirectory directory_;
  std::string path_ = directory_.file("payees");
  std::unique_ptr<VaultRows> vault_ = std::move(*open_vault(path_));
};

TEST_F(Vault, KeepsRowsOverARestart) {
  write({{"a", bytes_of_row(1)}, {"b", bytes_of_row(2)}});
  write({{"a", std::nullopt}, {"c", std::string("\0x", 2)}});
  reopen();
  EXPECT_EQ(rows_of(*vault_), (std::map<std::string, std::string>{{"b", bytes_of_row(2)},
                                                                  {"c", std::string("\0x", 2)}}));
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(Vault, HasNoByteOfWhatWasErasedOrReplacedOnceItIsScrubbed) {
  for (const bool is_flushed : {false, true}) {
    write({{"a", bytes_of_row(1)}, {"b", bytes_of_row(2)}, {"c", bytes_of_row(3)}});
    ASSERT_TRUE(!is_flushed || vault_->scrub().ok());
    ASSERT_NE(all_bytes(path_).find(bytes_of_row(1)), std::string::npos);
    write({{"a", std::nullopt}, {"b", bytes_of_row(4)}});
    ASSERT_TRUE(vault_->scrub().ok());
    const std::string bytes = all_bytes(path_);
    EXPECT_EQ(bytes.find(bytes_of_row(1)), std::string::npos) << is_flushed;
    EXPECT_EQ(bytes.find(bytes_of_row(2)), std::string::npos) << is_flushed;
    EXPECT_NE(bytes.find(bytes_of_row(3)), std::string::npos);
    EXPECT_NE(bytes.find(bytes_of_row(4)), std::string::npos);
    reopen();
    EXPECT_EQ(rows_of(*vault_).size(), 2u);
    EXPECT_EQ(all_bytes(path_).find(bytes_of_row(1)), std::string::npos) << "it came back";
  }
}

TEST_F(Vault, IsOpenOnceOnly) {
  const auto second = open_vault(path_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, "database_locked");
}

TEST_F(Vault, IsCopiedWhole) {
  write({{"a", bytes_of_row(1)}});
  const std::string copy = directory_.file("copy");
  ASSERT_TRUE(vault_->copy_to(copy).ok());
  write({{"b", bytes_of_row(2)}});
  EXPECT_EQ(rows_of(**open_vault(copy)).size(), 1u);
  EXPECT_FALSE(vault_->copy_to(copy).ok());
}

TEST_F(Vault, ThatLostItsListOfFilesIsNotBegunAnew) {
  write({{"a", bytes_of_row(1)}});
  vault_.reset();
  std::filesystem::remove(path_ + "/CURRENT");
  const auto opened = open_vault(path_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "database_damaged");
}

}  // namespace
}  // namespace lupaus::server::store
