// A backup taken while facts are written holds a whole prefix of them; restored, it is a database
// to go on with. A backup that changed since is refused by the name of what changed.
#include "server/store/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "server/store/verify.h"
#include "tests/server/store/lived_database.h"
#include "tests/support/random_values.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::server::store {
namespace {

namespace fs = std::filesystem;
using tests::lived_options;
using tests::support::RandomValues;
using tests::support::TemporaryDirectory;

const rules::model::Instant kNow = rules::model::from_unix_ms(1'767'596'400'123);

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class Backup : public ::testing::Test {
 protected:
  void SetUp() override {
    lived_ = tests::live_in(data_dir_ + "/store");
    write_file(data_dir_ + "/voucher.secret", "a secret");
    auto store = make_store(data_dir_ + "/store", lived_options());
    ASSERT_TRUE(store.ok());
    store_ = std::move(*store);
  }
  rules::model::Result<BackupManifest> take() {
    return write_backup({*store_, data_dir_, {}}, backup_, lived_options().compile_book, kNow);
  }
  rules::model::Result<BackupManifest> restore() {
    return restore_backup(backup_, restored_, lived_options().compile_book);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(backup_)) {
      if (entry.is_regular_file()) found.push_back(fs::relative(entry.path(), backup_));
    }
    return found;
  }

  TemporaryDirectory directory_;
  const std::string data_dir_ = directory_.file("data");
  const std::string backup_ = directory_.file("backup");
  const std::string restored_ = directory_.file("restored");
  tests::Lived lived_;
  std::unique_ptr<Store> store_;
};

TEST_F(Backup, RestoredItIsTheSameDatabase) {
  const auto made = take();
  ASSERT_TRUE(made.ok()) << format_error(made.error());
  EXPECT_EQ(made->last_position, lived_.facts);
  EXPECT_EQ(made->journal_checksum, store_->journal_checksum());
  EXPECT_EQ(made->made_at, kNow);
  ASSERT_TRUE(check_backup(backup_).ok());
  const auto restored = restore();
  ASSERT_TRUE(restored.ok()) << format_error(restored.error());
  EXPECT_EQ(read_file(restored_ + "/voucher.secret"), "a secret");
  EXPECT_TRUE(fs::exists(fs::path(restored_) / kRestoredMark)) << "its first start is told";
  const auto found = verify(restored_ + "/store", lived_options());
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->damage.empty());
  EXPECT_EQ(found->state_hash, lived_.state_hash);
  EXPECT_TRUE(check_backup(backup_).ok()) << "reading it does not change it";
}

TEST_F(Backup, OfARestoreThatWasNeverStartedIsMarkedAnew) {
  write_file(fs::path(data_dir_) / kRestoredMark, "of another time");
  ASSERT_TRUE(take().ok());
  ASSERT_TRUE(restore().ok());
  EXPECT_EQ(read_file(fs::path(restored_) / kRestoredMark), "2026-01-05T07:00:00.123Z\n");
}

TEST_F(Backup, TakenWhileFactsAreWrittenItHoldsAllThatWasThereBefore) {
  std::atomic<bool> is_done = false;
  std::thread writer([&] {
    RandomValues random(7);
    auto position = store_->last_position();
    while (!is_done) {
      const auto facts = random.facts(position + 1, 5, nullptr);
      ASSERT_TRUE(store_->append({facts, {}, store_->replay_from()}).ok());
      position = facts.back().position;
    }
  });
  const auto before = store_->last_position();
  const auto made = take();
  is_done = true;
  writer.join();
  ASSERT_TRUE(made.ok()) << format_error(made.error());
  EXPECT_GE(made->last_position, before);
  ASSERT_TRUE(restore().ok());
  const auto store = make_store(restored_ + "/store", lived_options());
  ASSERT_TRUE(store.ok());
  size_t count = 0;
  const auto read = (*store)->read_journal(1, [&](std::span<const rules::model::Fact> facts) {
    count += facts.size();
    return true;
  });
  EXPECT_TRUE(read.ok());
  EXPECT_EQ(count, made->last_position);
  RandomValues random(8);
  const auto facts = random.facts(count + 1, 3, nullptr);
  EXPECT_TRUE((*store)->append({facts, {}, (*store)->replay_from()}).ok()) << "it goes on";
}

TEST_F(Backup, ATargetWithFilesInItIsRefusedAndLeftAlone) {
  fs::create_directories(backup_);
  write_file(backup_ + "/mine", "x");
  const auto made = take();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "backup_target");
  EXPECT_EQ(files().size(), 1u);
  fs::remove(backup_ + "/mine");
  ASSERT_TRUE(take().ok());
  const auto back = restore_backup(backup_, data_dir_, lived_options().compile_book);
  ASSERT_FALSE(back.ok());
  EXPECT_EQ(back.error().code, "restore_target");
  EXPECT_EQ(read_file(data_dir_ + "/voucher.secret"), "a secret");
}

TEST_F(Backup, AChangedFileIsNamedAndNothingIsRestored) {
  ASSERT_TRUE(take().ok());
  for (const auto& name : files()) {
    const std::string bytes = read_file(fs::path(backup_) / name);
    if (bytes.empty()) continue;
    std::string flipped = bytes;
    flipped[flipped.size() / 2] ^= 4;
    for (const std::string& other : {flipped, bytes.substr(0, bytes.size() - 1), bytes + "x"}) {
      write_file(fs::path(backup_) / name, other);
      for (const auto& refused : {check_backup(backup_), restore()}) {
        ASSERT_FALSE(refused.ok()) << name;
        EXPECT_EQ(refused.error().code, "backup_damaged") << name;
        EXPECT_NE(refused.error().message.find(name.filename()), std::string::npos)
            << refused.error().message;
      }
      EXPECT_FALSE(fs::exists(restored_ + "/store")) << name;
    }
    write_file(fs::path(backup_) / name, bytes);
  }
  EXPECT_TRUE(restore().ok()) << "the whole one still is";
}

TEST_F(Backup, AMissingFileIsNamed) {
  ASSERT_TRUE(take().ok());
  for (const auto& name : files()) {
    const fs::path path = fs::path(backup_) / name;
    fs::rename(path, directory_.file("away"));
    const auto refused = restore();
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code, name == kManifestName ? "no_backup" : "backup_damaged");
    EXPECT_FALSE(fs::exists(restored_ + "/store")) << name;
    fs::rename(directory_.file("away"), path);
  }
}

TEST(Manifest, EveryCutAndEveryFlippedBitIsRefused) {
  BackupManifest manifest{kNow, 1, 42, 7, 0xDEADBEEF, {{"store/CURRENT", 16, 0xABCD}}};
  const std::string text = format_manifest(manifest);
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(format_manifest(*read), text);
  for (size_t at = 0; at < text.size(); ++at) {
    EXPECT_FALSE(parse_manifest(text.substr(0, at)).ok()) << "cut at " << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto other = parse_manifest(flipped);
      // The digits of the last checksum alone may be written in capitals.
      EXPECT_TRUE(!other.ok() || format_manifest(*other) == text) << flipped;
    }
  }
}

TEST(Manifest, AFileOutsideTheBackupIsRefused) {
  for (const char* path : {"../voucher.secret", "/etc/passwd", "store/../../x", ""}) {
    const BackupManifest manifest{kNow, 1, 1, 1, 1, {{path, 1, 1}}};
    EXPECT_FALSE(parse_manifest(format_manifest(manifest)).ok()) << path;
  }
}

}  // namespace
}  // namespace lupaus::server::store
