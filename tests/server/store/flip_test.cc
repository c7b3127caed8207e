// One flipped bit in each 4 KiB of every file of a small database, and its log torn at each byte of
// the last 4 KiB: either an error that names the file or the row, or the state that was; never
// another state.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "server/runtime/recovery.h"
#include "server/store/verify.h"
#include "tests/server/store/lived_database.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/watched.h"

namespace lupaus::server::store {
namespace {

namespace fs = std::filesystem;
using tests::lived_options;
using tests::support::kWatchedStep;
using tests::support::TemporaryDirectory;

constexpr size_t kBlock = 4096;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What a server would serve: an error, or its state.
struct Served {
  std::optional<rules::model::Error> error;
  uint64_t state_hash = 0;
};

Served serve(const std::string& path) {
  Served served;
  auto store = make_store(path, lived_options());
  if (!store) {
    served.error = store.error();
    return served;
  }
  rules::ledger::State state;
  runtime::TicketArchive archive(**store);
  auto opened = archive.open();
  const auto last = opened ? runtime::recover(**store, archive, state)
                           : rules::model::Result<rules::model::Instant>(opened.error());
  if (!last) {
    served.error = last.error();
    return served;
  }
  state.engine.finish_restore(*last);
  served.state_hash = state.hash();
  return served;
}

class SmallDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    RecordProperty("seed", std::to_string(tests::seed()));
    lived_ = tests::live_in(original_.string());
  }
  fs::path copy() const {
    const fs::path path = directory_.path() / "copy";
    fs::remove_all(path);
    fs::copy(original_, path);
    return path;
  }
  /// A sentence names one of the database's files, or a row.
  bool names_a_place(const std::string& sentence) const {
    if (sentence.find("position ") != std::string::npos) return true;
    if (sentence.find("table `") != std::string::npos) return true;
    for (const auto& entry : fs::directory_iterator(original_)) {
      const auto name = entry.path().filename().string();
      if (sentence.find(name) != std::string::npos) return true;
    }
    return false;
  }

  TemporaryDirectory directory_;
  const fs::path original_ = directory_.path() / "original";
  tests::Lived lived_;
  std::mt19937_64 random_{tests::seed()};
};

TEST_F(SmallDatabase, AFlippedBitIsFoundOrChangesNothing) {
  int flips = 0, data_flips = 0, found_count = 0, refused_count = 0;
  for (const auto& entry : fs::directory_iterator(original_)) {
    const auto name = entry.path().filename();
    const std::string bytes = read_file(entry.path());
    const bool is_data = name.extension() == ".sst" || name.extension() == ".log" ||
                         name.string().starts_with("MANIFEST");
    for (size_t block = 0; block < bytes.size(); block += kBlock * kWatchedStep, ++flips) {
      data_flips += is_data ? 1 : 0;
      const size_t at = block + random_() % std::min(kBlock, bytes.size() - block);
      const int bit = static_cast<int>(random_() % 8);
      SCOPED_TRACE(name.string() + " byte " + std::to_string(at) + " bit " + std::to_string(bit) +
                   ", LUPAUS_SEED=" + std::to_string(tests::seed()));
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const fs::path damaged = copy();
      write_file(damaged / name, flipped);
      const auto found = verify(damaged.string(), lived_options());
      const bool is_found = !found || !found->damage.empty();
      found_count += is_found ? 1 : 0;
      if (is_found) {
        const std::string sentence =
            found ? found->damage[0].where + ": " + found->damage[0].what : found.error().message;
        EXPECT_TRUE(names_a_place(sentence)) << sentence;
      } else {
        EXPECT_EQ(found->state_hash, lived_.state_hash);
        EXPECT_EQ(found->facts, lived_.facts);
      }
      const auto served = serve(damaged.string());
      refused_count += served.error ? 1 : 0;
      if (served.error) {
        EXPECT_TRUE(names_a_place(served.error->message)) << served.error->message;
      } else {
        EXPECT_EQ(served.state_hash, lived_.state_hash);
      }
    }
  }
  EXPECT_GT(found_count, data_flips * 3 / 4);
  std::printf("%d flips, %d of them in data: %d found by verify, %d refused by a start\n", flips,
              data_flips, found_count, refused_count);
}

TEST_F(SmallDatabase, ALogTornAtAnyByteLosesWholeWritesFromItsEndOnly) {
  std::map<uint64_t, uint64_t> hashes;
  {
    StoreOptions options = lived_options();
    options.is_read_only = true;
    const auto store = make_store(original_.string(), std::move(options));
    ASSERT_TRUE(store.ok());
    hashes = tests::hashes_after_rows(**store);
  }
  fs::path log;
  for (const auto& entry : fs::directory_iterator(original_)) {
    if (entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0)
      log = entry.path().filename();
  }
  const std::string bytes = read_file(original_ / log);
  ASSERT_GT(bytes.size(), kBlock);
  const size_t stride = tests::rounds(1) >= 500 ? 1 : 61 * kWatchedStep;
  uint64_t before = lived_.facts;
  size_t cuts = 0;
  for (size_t cut = 1 + random_() % stride; cut <= kBlock; cut += stride, ++cuts) {
    SCOPED_TRACE(std::to_string(cut) + " bytes cut off, seed " + std::to_string(tests::seed()));
    const fs::path torn = copy();
    write_file(torn / log, bytes.substr(0, bytes.size() - cut));
    const auto found = verify(torn.string(), lived_options());
    ASSERT_TRUE(found.ok()) << found.error().message;
    for (const auto& damage : found->damage) ADD_FAILURE() << damage.where << ": " << damage.what;
    EXPECT_LE(found->last_position, before) << "more is torn, less is left";
    before = found->last_position;
    ASSERT_TRUE(hashes.contains(before));
    EXPECT_EQ(found->state_hash, hashes[before]);
    const auto served = serve(torn.string());
    ASSERT_FALSE(served.error) << served.error->message;
    EXPECT_EQ(served.state_hash, hashes[before]);
  }
  EXPECT_LT(before, lived_.facts) << "a cut of 4 KiB must lose something";
  std::printf("%zu cuts, %llu of %llu facts left by the deepest\n", cuts,
              static_cast<unsigned long long>(before),
              static_cast<unsigned long long>(lived_.facts));
}

}  // namespace
}  // namespace lupaus::server::store
