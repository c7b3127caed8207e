// What a torn or damaged file does: a torn tail loses only what was never acknowledged; a flipped
// bit anywhere is either reported or changes nothing. It never yields other facts, fewer facts or a
// crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/store/keys.h"
#include "server/store/store.h"
#include "server/store/tables.h"
#include "tests/support/random_values.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/watched.h"

namespace lupaus::server::store {
namespace {

namespace fs = std::filesystem;
namespace model = rules::model;
using model::Position;
using model::Result;
using runtime::Row;
using runtime::Table;
using tests::support::is_same;
using tests::support::kWatchedStep;
using tests::support::RandomValues;
using tests::support::TemporaryDirectory;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What a reader gets out of a database.
struct Outcome {
  bool is_refused = false;
  size_t fact_count = 0;
  bool is_same_so_far = true;
  std::string row = "refused";
};

class Damage : public ::testing::Test {
 protected:
  /// Several rows in the log; with `is_flushed` most of them in table files.
  void fill(bool is_flushed) {
    StoreOptions options;
    options.journal_memtable_bytes = 64 << 10;
    auto store = make_store(original(), options);
    ASSERT_TRUE(store.ok());
    const size_t total = is_flushed ? 2'000 : 60;
    while (written_.size() < total) {
      const auto facts = random_.facts(written_.size() + 1, is_flushed ? 100 : 10, nullptr);
      const std::vector<Row> rows = {{Table::sources, "a", std::to_string(facts.back().position)}};
      ASSERT_TRUE((*store)->append({facts, rows, 1}).ok());
      written_.insert(written_.end(), facts.begin(), facts.end());
    }
  }

  Outcome read(const std::string& path) const {
    Outcome outcome;
    const auto store = make_store(path, {});
    outcome.is_refused = !store.ok();
    if (outcome.is_refused) return outcome;
    const auto journal = (*store)->read_journal(1, [&](std::span<const model::Fact> facts) {
      for (const auto& fact : facts) {
        outcome.is_same_so_far &=
            outcome.fact_count < written_.size() && is_same(fact, written_[outcome.fact_count]);
        ++outcome.fact_count;
      }
      return true;
    });
    const auto row = (*store)->get(Table::sources, "a");
    outcome.is_refused = !journal.ok() || !row.ok();
    if (row.ok()) outcome.row = row->value_or("gone");
    return outcome;
  }

  /// A fresh copy of the database.
  fs::path copy() {
    const fs::path path = directory_.path() / "copy";
    fs::remove_all(path);
    fs::copy(original(), path);
    return path;
  }
  std::string original() const { return directory_.file("original"); }
  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(original())) {
      const auto name = entry.path().filename();
      const bool is_wanted = extension.empty() ? name.string().starts_with("MANIFEST") ||
                                                     name == "CURRENT" || name == "IDENTITY"
                                               : name.extension() == extension;
      if (is_wanted) found.push_back(name);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Flips one bit in every `stride`-th byte of the file.
  void flip_bits(const fs::path& name, size_t stride) {
    stride *= kWatchedStep;
    const std::string bytes = read_file(fs::path(original()) / name);
    int refused_count = 0;
    for (size_t at = random_.below(stride); at < bytes.size(); at += stride) {
      const fs::path damaged = copy();
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << random_.below(8)));
      write_file(damaged / name, flipped);
      const Outcome outcome = read(damaged.string());
      refused_count += outcome.is_refused ? 1 : 0;
      EXPECT_TRUE(outcome.is_same_so_far) << name << " byte " << at;
      if (outcome.is_refused) continue;
      EXPECT_EQ(outcome.fact_count, written_.size())
          << name << " byte " << at << " of " << bytes.size();
      EXPECT_EQ(outcome.row, std::to_string(written_.size())) << name << " byte " << at;
    }
    RecordProperty("refused_" + name.string(), refused_count);
  }

  TemporaryDirectory directory_;
  RandomValues random_{20260105};
  model::Facts written_;
};

TEST_F(Damage, ATornLogLosesOnlyItsTail) {
  fill(false);
  const auto logs = files(".log");
  ASSERT_EQ(logs.size(), 1u);
  const std::string bytes = read_file(fs::path(original()) / logs[0]);
  size_t last_count = 0;
  for (size_t size = 200, next = 0; size <= bytes.size(); size = next) {
    next = size + (1 + random_.below(150)) * kWatchedStep;
    if (size < bytes.size()) next = std::min(next, bytes.size());  // the whole log comes last
    const fs::path torn = copy();
    write_file(torn / logs[0], bytes.substr(0, size));
    const Outcome outcome = read(torn.string());
    EXPECT_FALSE(outcome.is_refused) << "cut at " << size;
    EXPECT_TRUE(outcome.is_same_so_far);
    EXPECT_GE(outcome.fact_count, last_count) << "cut at " << size;
    EXPECT_EQ(outcome.fact_count % 10, 0u) << "a write is whole or absent";
    last_count = outcome.fact_count;
  }
  EXPECT_GE(last_count, written_.size() - 10);
}

TEST_F(Damage, ALogShortenedAfterACleanStopLosesNothing) {
  fill(false);
  {
    const auto store = make_store(original(), {});
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->settle().ok());
  }
  for (const auto& name : files(".log")) fs::resize_file(fs::path(original()) / name, 0);
  const Outcome outcome = read(original());
  EXPECT_FALSE(outcome.is_refused);
  EXPECT_EQ(outcome.fact_count, written_.size());
}

TEST_F(Damage, AFlippedBitInTheLogIsReported) {
  fill(false);
  for (const auto& name : files(".log")) flip_bits(name, 61);
}

TEST_F(Damage, AFlippedBitInTheHeaderOfAnyLogRecordIsReported) {
  fill(false);
  const auto name = files(".log").at(0);
  const std::string bytes = read_file(fs::path(original()) / name);
  size_t place = 0;
  // Records: 4 bytes of checksum, 2 of length, 1 of type, then as many as the length says.
  for (size_t at = 0; at + 7 <= bytes.size();) {
    const size_t length = static_cast<uint8_t>(bytes[at + 4]) +
                          256 * static_cast<size_t>(static_cast<uint8_t>(bytes[at + 5]));
    for (size_t byte = at; byte < at + 7; ++byte) {
      for (int bit = byte < at + 4 ? 5 : 0; bit < (byte < at + 4 ? 6 : 8); ++bit) {
        if (place++ % kWatchedStep != 0) continue;
        const fs::path damaged = copy();
        std::string flipped = bytes;
        flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
        write_file(damaged / name, flipped);
        const Outcome outcome = read(damaged.string());
        EXPECT_TRUE(outcome.is_refused || outcome.fact_count == written_.size())
            << "record at " << at << ", byte " << byte - at << ", bit " << bit << ": "
            << outcome.fact_count;
      }
    }
    at += 7 + length;
  }
}

TEST_F(Damage, AFlippedBitInTableFilesIsReported) {
  fill(true);
  const auto tables = files(".sst");
  ASSERT_FALSE(tables.empty());
  for (const auto& name : tables) {
    const size_t size = fs::file_size(fs::path(original()) / name);
    flip_bits(name, std::max<size_t>(31, size / 20));
  }
}

TEST_F(Damage, AFlippedBitInTheListOfFilesIsReported) {
  fill(true);
  for (const auto& name : files("")) {
    const size_t size = fs::file_size(fs::path(original()) / name);
    flip_bits(name, std::max<size_t>(1, size / 60));
  }
}

TEST_F(Damage, AMissingTableFileIsReported) {
  fill(true);
  for (const auto& name : files(".sst")) {
    const fs::path damaged = copy();
    fs::remove(damaged / name);
    EXPECT_TRUE(read(damaged.string()).is_refused) << name;
  }
}

/// A database whose journal and one of whose tables have three files each, one behind the other on
/// levels below the first, as a long life leaves them.
class LevelledDatabase : public ::testing::Test {
 protected:
  static constexpr Position kRowsAFile = 20;
  static constexpr Position kRows = 3 * kRowsAFile;

  void SetUp() override {
    for (int file = 0; file < 3; ++file) {
      append_rows();
      push_down();
    }
  }
  void append_rows() {
    const auto store = make_store(original_.string(), {});
    ASSERT_TRUE(store.ok());
    for (Position i = 0; i < kRowsAFile; ++i) {
      const auto facts = random_.facts((*store)->last_position() + 1, 1, nullptr);
      const std::vector<Row> rows = {
          {Table::caps, number_key(facts.back().position), std::string(100, 'x')}};
      ASSERT_TRUE((*store)->append({facts, rows, 1}).ok());
    }
  }
  /// What was appended since the last time becomes a file of its own.
  void push_down() {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(
        rocksdb::DB::Open(database_options({}), original_.string(), families({}), &handles, &opened)
            .ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    const std::string from = number_key(written_ + 1), to = number_key(written_ + kRowsAFile);
    const rocksdb::Slice first(from), last(to);
    for (const size_t family : {kJournal, static_cast<size_t>(Table::caps)})
      EXPECT_TRUE(database->CompactRange({}, handles[family], &first, &last).ok());
    for (auto* handle : handles) EXPECT_TRUE(database->DestroyColumnFamilyHandle(handle).ok());
    written_ += kRowsAFile;
  }

  /// What a start and a walk over everything say.
  Result<void> read_all(const std::string& path) const {
    const auto store = make_store(path, {});
    if (!store) return store.error();
    EXPECT_EQ((*store)->last_position(), kRows) << "the journal ends early in silence";
    size_t facts = 0, rows = 0;
    const auto journal = (*store)->read_journal(1, [&](std::span<const model::Fact> more) {
      facts += more.size();
      return true;
    });
    if (!journal) return journal;
    const auto table = (*store)->scan(Table::caps, "", "", [&](auto, auto) { return ++rows > 0; });
    if (!table) return table;
    EXPECT_EQ(facts, kRows);
    EXPECT_EQ(rows, kRows) << "rows are left out in silence";
    return {};
  }

  TemporaryDirectory directory_;
  const fs::path original_ = directory_.path() / "original";
  RandomValues random_{13};
  Position written_ = 0;
};

TEST_F(LevelledDatabase, AFileThatCannotBeReadIsNotPassedOver) {
  ASSERT_TRUE(read_all(original_.string()).ok());
  int refused = 0;
  for (const auto& entry : fs::directory_iterator(original_)) {
    if (entry.path().extension() != ".sst") continue;
    SCOPED_TRACE(entry.path().filename());
    const fs::path copy = directory_.path() / "copy";
    fs::remove_all(copy);
    fs::copy(original_, copy);
    std::string bytes = read_file(entry.path());
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    write_file(copy / entry.path().filename(), bytes);
    const auto read = read_all(copy.string());
    if (read) continue;
    ++refused;
    EXPECT_EQ(read.error().code, "database_damaged") << read.error().message;
  }
  EXPECT_GE(refused, 6) << "three files of the journal, three of the table";
}

}  // namespace
}  // namespace lupaus::server::store
