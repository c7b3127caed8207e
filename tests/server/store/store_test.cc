// The database itself: what was written is read back, also after closing; and clear refusals at the
// door.
#include "server/store/store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "server/store/keys.h"
#include "server/store/tables.h"
#include "server/store/warning_log.h"
#include "tests/support/owned_facts.h"
#include "tests/support/random_values.h"
#include "tests/support/temporary_directory.h"

namespace lupaus::server::store {
namespace {

namespace model = rules::model;
using runtime::Row;
using runtime::Table;
using tests::support::is_same;
using tests::support::RandomValues;
using tests::support::TemporaryDirectory;

StoreOptions small() {
  StoreOptions options;
  options.journal_memtable_bytes = 64 << 10;
  options.table_memtable_bytes = 64 << 10;
  return options;
}

std::unique_ptr<Store> open(const TemporaryDirectory& directory) {
  auto store = make_store(directory.path().string(), small());
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

void expect_journal(const Store& store, model::Position from, const model::Facts& written) {
  size_t next = from - 1;
  const auto read = store.read_journal(from, [&](std::span<const model::Fact> facts) {
    for (const auto& fact : facts) {
      EXPECT_TRUE(next < written.size() && is_same(fact, written[next])) << "position " << next + 1;
      ++next;
    }
    return true;
  });
  EXPECT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(next, written.size());
}

/// Appends `count` facts in rows of up to 40 to the store and to `written`.
void append_random(Store& store, RandomValues& random, model::Facts& written, size_t count) {
  while (count > 0) {
    const auto facts =
        random.facts(written.size() + 1, std::min<size_t>(count, 1 + random.below(40)), nullptr);
    const auto appended = store.append({facts, {}, 1});
    ASSERT_TRUE(appended.ok()) << appended.error().message;
    written.insert(written.end(), facts.begin(), facts.end());
    count -= facts.size();
  }
}

TEST(Store, ReadsBackWhatWasWrittenAlsoAfterReopening) {
  TemporaryDirectory directory;
  RandomValues random(1);
  model::Facts written;
  for (int life = 0; life < 3; ++life) {
    const auto store = open(directory);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(store->last_position(), written.size());
    append_random(*store, random, written, 1500);  // several memtables
    for (const model::Position from : {1u, 2u, 777u, 1500u}) expect_journal(*store, from, written);
  }
}

TEST(Store, StopsReadingWhenToldAndReadsNothingBehindTheEnd) {
  TemporaryDirectory directory;
  RandomValues random(2);
  model::Facts written;
  const auto store = open(directory);
  append_random(*store, random, written, 200);
  int calls = 0;
  const auto count = [&](std::span<const model::Fact>) { return ++calls < 2; };
  EXPECT_TRUE(store->read_journal(1, count).ok());
  EXPECT_EQ(calls, 2);
  EXPECT_TRUE(store->read_journal(201, count).ok());
  EXPECT_EQ(calls, 2);
}

TEST(Store, KeepsRowsInTheOrderOfTheirBytes) {
  TemporaryDirectory directory;
  {
    const auto store = open(directory);
    const std::vector<Row> rows = {{Table::sources, "b/2", "two"},
                                   {Table::sources, "a", ""},
                                   {Table::sources, "b/1", "one"},
                                   {Table::branches, "b/1", "elsewhere"}};
    ASSERT_TRUE(store->append({{}, rows, 1}).ok());
    const std::vector<Row> derived = {{Table::sources, "b/3", "three"},
                                      {Table::sources, "a", std::nullopt}};
    ASSERT_TRUE(store->put_derived(derived).ok());
  }
  const auto store = open(directory);
  std::string seen;
  const auto note = [&](std::string_view key, std::string_view value) {
    seen.append(key).append("=").append(value).append(" ");
    return seen.size() < 100;
  };
  ASSERT_TRUE(store->scan(Table::sources, "", "", note).ok());
  EXPECT_EQ(seen, "b/1=one b/2=two b/3=three ");
  seen.clear();
  ASSERT_TRUE(store->scan(Table::sources, "b/", "b/2", note).ok());
  EXPECT_EQ(seen, "b/2=two b/3=three ");
  EXPECT_EQ(**store->get(Table::branches, "b/1"), "elsewhere");
  EXPECT_FALSE(store->get(Table::sources, "a")->has_value());
}

TEST(Store, KnowsAboutHowManyRowsATableHas) {
  TemporaryDirectory directory;
  std::vector<Row> rows;
  for (uint64_t i = 0; i < 1'000; ++i) rows.push_back({Table::tickets, number_key(i), "ticket"});
  {
    const auto store = open(directory);
    EXPECT_EQ(store->about_rows(Table::tickets), 0U);
    ASSERT_TRUE(store->append({{}, rows, 1}).ok());
    EXPECT_EQ(store->about_rows(Table::tickets), 1'000U) << "in memory";
    EXPECT_EQ(store->about_rows(Table::sources), 0U);
    ASSERT_TRUE(store->settle().ok());
  }
  EXPECT_EQ(open(directory)->about_rows(Table::tickets), 1'000U) << "in files";
}

TEST(Store, RemembersWhereReplayBegins) {
  TemporaryDirectory directory;
  RandomValues random(4);
  {
    const auto store = open(directory);
    EXPECT_EQ(store->replay_from(), 1u);
    const auto facts = random.facts(1, 9, nullptr);
    ASSERT_TRUE(store->append({facts, {}, 7}).ok());
    EXPECT_EQ(store->figures().journal_facts, 9u);
  }
  EXPECT_EQ(open(directory)->replay_from(), 7u);
}

/// The other process takes RocksDB's lock as RocksDB takes it and does nothing else: a process that
/// is forked from one with threads may not start any, says ThreadSanitizer.
TEST(Store, RefusesASecondProcess) {
  TemporaryDirectory directory;
  ASSERT_NE(open(directory), nullptr);
  const auto lock_file = directory.file("LOCK");
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    const int file = ::open(lock_file.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    char byte = file >= 0 && fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
    _exit(write(ready[1], &byte, 1) == 1 && read(done[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(ready[1]);
  close(done[0]);
  char answer = 0;
  EXPECT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto second = make_store(directory.path().string(), small());
  close(done[1]);  // which ends the other process
  waitpid(child, nullptr, 0);
  close(ready[0]);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, "database_locked");
  EXPECT_NE(second.error().message.find(directory.path().string()), std::string::npos);
  EXPECT_NE(open(directory), nullptr) << "the lock goes with its process";
}

TEST(Store, RefusesAnUnknownStorageVersion) {
  TemporaryDirectory directory;
  {
    const auto store = open(directory);
    const std::vector<Row> rows = {{Table::meta, std::string(kStorageVersionKey), number_key(99)}};
    ASSERT_TRUE(store->put_derived(rows).ok());
  }
  const auto store = make_store(directory.path().string(), small());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, "database_version");
  EXPECT_NE(store.error().message.find("99"), std::string::npos);
}

TEST(Store, OpensADatabaseFromBeforeThereWasATable) {
  TemporaryDirectory directory;
  const std::string path = directory.path().string();
  ASSERT_NE(open(directory), nullptr);
  {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    const auto status =
        rocksdb::DB::Open(database_options({}), path, families({}), &handles, &opened);
    ASSERT_TRUE(status.ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    EXPECT_TRUE(database->DropColumnFamily(handles[static_cast<size_t>(Table::periods)]).ok());
    for (auto* handle : handles) EXPECT_TRUE(database->DestroyColumnFamilyHandle(handle).ok());
  }
  StoreOptions reading = small();
  reading.is_read_only = true;
  {
    const auto store = make_store(path, reading);
    ASSERT_TRUE(store.ok()) << store.error().message;
    size_t rows = 0;
    EXPECT_TRUE(
        (*store)->scan(Table::periods, "", "", [&](auto, auto) { return ++rows > 0; }).ok());
    EXPECT_EQ(rows, 0u);
    EXPECT_FALSE((*store)->get(Table::periods, "2026-01").value());
    EXPECT_GE((*store)->figures().file_bytes, 0u);
  }
  const auto store = open(directory);
  ASSERT_NE(store, nullptr) << "to write it has the table from now on";
  const Row row = store->codec().row(rules::ledger::Period{7, "2026-01", {}, {}});
  ASSERT_TRUE(store->put_derived(std::span(&row, 1)).ok());
  EXPECT_EQ(store->codec().period(*store->get(Table::periods, "2026-01").value())->month,
            "2026-01");
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(WarningLog, KeepsWarningsWithinBounds) {
  const TemporaryDirectory directory;
  const auto log = make_warning_log(directory.path().string());
  rocksdb::Info(log, "what goes well");
  rocksdb::Header(log, "all options");
  EXPECT_EQ(bytes_of(directory.path() / "LOG"), "");
  const std::string text(2'000, 'x');
  for (int i = 0; i < 2'200; ++i) rocksdb::Warn(log, "warning %d: %s", i, text.c_str());
  rocksdb::Warn(log, "the %s one", "last");
  const std::string now = bytes_of(directory.path() / "LOG");
  EXPECT_LT(now.size(), 1U << 20);
  EXPECT_NE(now.find("[WARN] the last one\n"), std::string::npos) << now.substr(0, 200);
  const std::string before = bytes_of(directory.path() / "LOG.old");
  EXPECT_GT(before.size(), 4U << 20);
  EXPECT_LT(before.size(), 5U << 20);
  EXPECT_NE(before.find("warning 0: xxx"), std::string::npos);
}

TEST(WarningLog, ThatCannotBeWrittenHarmsNothing) {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink("/dev/full", directory.path() / "LOG");
  const auto log = make_warning_log(directory.path().string());
  for (int i = 0; i < 3; ++i) rocksdb::Warn(log, "nobody reads it");
  std::filesystem::remove(directory.path() / "LOG");
  std::filesystem::create_directory(directory.path() / "LOG");
  model::Facts written;
  RandomValues random(1);
  const auto store = open(directory);
  ASSERT_NE(store, nullptr);
  append_random(*store, random, written, 10);
  expect_journal(*store, 1, written);
}

TEST(Store, TellsWhatMayNotBeReadFromWhatIsGone) {
  const TemporaryDirectory directory;
  open(directory).reset();
  std::filesystem::rename(directory.path() / "CURRENT", directory.path() / "kept");
  std::filesystem::create_symlink("CURRENT", directory.path() / "CURRENT");
  const auto store = make_store(directory.path().string(), small());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, "database_path") << store.error().message;
  EXPECT_NE(store.error().message.find("CURRENT"), std::string::npos);
}

TEST(Store, TellsAReadOnlyDiskFromALockedDatabase) {
  const auto code = [](const char* context, const char* words) {
    return to_error(rocksdb::Status::IOError(context, words), "open the database in", "x").code;
  };
  EXPECT_EQ(code("While open a file for lock", "x/LOCK: Read-only file system"), "disk_read_only");
  EXPECT_EQ(code("While open a file for lock", "x/LOCK: Permission denied"), "database_path");
  EXPECT_EQ(code("While lock file", "x/LOCK: Resource temporarily unavailable"), "database_locked");
  EXPECT_EQ(code("lock hold by current process, acquire time 1", "x/LOCK: No locks available"),
            "database_locked");
}

TEST(Store, NamesADirectoryThatItCannotMake) {
  TemporaryDirectory directory;
  std::ofstream(directory.file("file")) << "x";
  const auto store = make_store(directory.file("file/db"), small());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, "database_path");
  EXPECT_NE(store.error().message.find("file/db"), std::string::npos);
}

/// A file-size limit makes writes fail as a full disk does, without privileges, while it lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(Store, AFailedWriteIsAnErrorForGoodAndLosesNothingBefore) {
  TemporaryDirectory directory;
  RandomValues random(5);
  size_t written = 0;
  {
    auto full = make_store(directory.path().string(), {});
    ASSERT_TRUE(full.ok());
    {
      const FullDisk disk(200'000);
      while (written < 100'000 &&
             (*full)->append({random.facts(written + 1, 50, nullptr), {}, 1}).ok())
        written += 50;
      ASSERT_LT(written, 100'000u);
      EXPECT_FALSE((*full)->append({random.facts(written + 1, 1, nullptr), {}, 1}).ok());
    }
    EXPECT_FALSE((*full)->append({random.facts(written + 1, 1, nullptr), {}, 1}).ok())
        << "there is room again";
  }
  ASSERT_GT(written, 0u);
  const auto store = open(directory);
  ASSERT_NE(store, nullptr);
  size_t read = 0;
  ASSERT_TRUE(store->read_journal(1, [&](auto facts) { return read += facts.size(), true; }).ok());
  EXPECT_GE(read, written);
  EXPECT_EQ(store->last_position(), read);
}

}  // namespace
}  // namespace lupaus::server::store
