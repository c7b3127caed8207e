#include "server/store/store.h"

#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "server/store/directory.h"
#include "server/store/drawn_rows.h"
#include "server/store/entity_codec.h"
#include "server/store/journal_reader.h"
#include "server/store/keys.h"
#include "server/store/log_tail.h"
#include "server/store/tables.h"
#include "server/store/warning_log.h"

namespace lupaus::server::store {
namespace {

namespace model = rules::model;
using model::Error;
using model::Fact;
using model::Position;
using model::Result;
using runtime::Row;
using runtime::Table;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

class RocksStore : public Store {
 public:
  RocksStore(std::string path, StoreOptions options)
      : path_(std::move(path)),
        options_(std::move(options)),
        books_(std::make_shared<BookShelf>(options_.compile_book)),
        codec_(make_codec(books_)) {
    synced_.sync = true;
  }
  ~RocksStore() override {
    for (auto* family : families_) {
      if (family != nullptr) db_->DestroyColumnFamilyHandle(family);
    }
  }

  Result<void> open();

  Result<void> append(const runtime::WriteSet& set) override;
  Position last_position() const override { return last_position_; }
  Position replay_from() const override { return replay_from_; }
  Result<void> read_journal(Position from,
                            const std::function<bool(std::span<const Fact>)>& visit) const override;
  Result<void> read_journal_ahead(
      Position from, const std::function<bool(std::span<const Fact>)>& visit) const override;
  Result<std::optional<std::string>> get(Table table, std::string_view key) const override;
  Result<void> scan(Table table, std::string_view prefix, std::string_view from,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override;
  uint64_t about_rows(Table table) const override;
  Result<void> put_derived(std::span<const Row> rows) override;
  Result<void> settle() override;
  Result<void> copy_to(const std::string& path) override;
  uint32_t journal_checksum() const override { return last_checksum_; }
  Result<void> check_files() const override;
  const runtime::Codec& codec() const override { return *codec_; }
  StoreFigures figures() const override;

 private:
  rocksdb::ColumnFamilyHandle* family(Table table) const {
    return families_[static_cast<size_t>(table)];
  }
  rocksdb::ColumnFamilyHandle* journal() const { return families_[kJournal]; }
  void put(rocksdb::WriteBatch& batch, const Row& row) const;
  Result<void> make_directory() const;
  Error open_error(const rocksdb::Status& status) const;
  Result<void> check_version();
  Result<void> load_end();

  std::string path_;
  StoreOptions options_;
  std::shared_ptr<BookShelf> books_;
  std::shared_ptr<const runtime::Codec> codec_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> families_{};
  rocksdb::WriteOptions synced_;

  // The appending thread's own.
  RowEncoder encoder_;
  rocksdb::WriteBatch batch_;
  std::vector<Row> drawn_;
  uint32_t last_checksum_ = 0;
  std::optional<Error> failure_;

  std::atomic<Position> last_position_{0};
  std::atomic<Position> replay_from_{1};
  std::atomic<uint64_t> row_count_{0}, fact_count_{0}, byte_count_{0}, table_row_count_{0};
};

/// RocksDB does not survive a disk that fills under it: this much must be left before anything is
/// written.
constexpr uint64_t kRoomBytes = 16ULL << 20;

Result<void> check_room(const StoreOptions& options, const std::string& path) {
  uint64_t left = 0;
  if (options.env != nullptr) {
    if (!options.env->GetFileSystem()->GetFreeSpace(path, {}, &left, nullptr).ok()) return {};
  } else {
    struct statvfs disk {};
    if (::statvfs(path.c_str(), &disk) != 0) return {};
    left = uint64_t{disk.f_bavail} * disk.f_frsize;
  }
  if (left >= kRoomBytes) return {};
  return Error{"disk_full",
               "the disk of `" + path + "` is full: " + std::to_string(left >> 10) +
                   " KiB are left, expected at least " + std::to_string(kRoomBytes >> 10) + " KiB",
               "make room and start again; everything acknowledged is kept",
               {}};
}

// ---- opening
/// WHY: a database that is only read gets no new tables, and an older one lacks the younger of
/// them.
void leave_out_missing(const rocksdb::DBOptions& options, const std::string& path,
                       std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  std::vector<std::string> there;
  if (!rocksdb::DB::ListColumnFamilies(options, path, &there).ok()) return;  // told by opening it
  std::erase_if(families, [&](const auto& family) {
    return family.name == table_name(Table::periods) &&
           std::find(there.begin(), there.end(), family.name) == there.end();
  });
}

Result<void> RocksStore::make_directory() const {
  if (options_.env != nullptr) {
    const auto made = options_.env->CreateDirIfMissing(path_);
    return made.ok() ? Result<void>() : to_error(made, "make the directory", path_);
  }
  std::error_code failed;
  std::filesystem::create_directories(path_, failed);
  if (failed) {
    return Error{"database_path",
                 "cannot make the directory `" + path_ + "`: " + failed.message(),
                 "check the path and the permissions of the directory above it",
                 {}};
  }
  // WHY: the database holds customers' keys; other users of the machine have no business in it.
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all, failed);
  return {};
}

Result<void> RocksStore::open() {
  auto ready = options_.is_read_only ? check_unlocked(path_) : make_directory();
  if (!ready) return ready;
  if (!options_.is_read_only) {
    if (auto room = check_room(options_, path_); !room) return room;
  }
  rocksdb::Env* env = options_.env != nullptr ? options_.env : rocksdb::Env::Default();
  if (auto checked = check_current(*env, path_); !checked) return checked;
  if (auto checked = check_log_tails(*env->GetFileSystem(), path_); !checked) return checked;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto options = database_options(options_);
  const bool is_on_disk = options_.env == nullptr && !options_.is_read_only;
  options.info_log = is_on_disk ? make_warning_log(path_) : make_silent_log();
  auto families = store::families(options_);
  if (options_.is_read_only) leave_out_missing(options, path_, families);
  const auto status = options_.is_read_only
                          ? rocksdb::DB::OpenForReadOnly(options, path_, families, &handles, &db)
                          : rocksdb::DB::Open(options, path_, families, &handles, &db);
  if (!status.ok()) return open_error(status);
  db_.reset(db);
  for (auto* handle : handles) families_[family_number(handle->GetName())] = handle;
  if (auto checked = check_version(); !checked) return checked;
  return load_end();
}

Error RocksStore::open_error(const rocksdb::Status& status) const {
  Error error = to_error(status, "open the database in", path_);
  const std::string place =
      error.code == "database_damaged" ? find_damaged_record(*rocksdb::Env::Default(), path_) : "";
  if (!place.empty()) error.message += " (" + place + ")";
  return error;
}

Result<void> RocksStore::check_version() {
  const auto found = get(Table::meta, kStorageVersionKey);
  if (!found) return found.error();
  if (*found) {
    const uint64_t version = key_number(**found);
    if (version == kStorageVersion) return {};
    return Error{"database_version",
                 "expected storage version " + std::to_string(kStorageVersion) + " in `" + path_ +
                     "`, but it is " + std::to_string(version),
                 "run the program version that wrote it, or a newer one",
                 {}};
  }
  std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(walk_options(), journal()));
  row->SeekToFirst();
  if (row->Valid() || options_.is_read_only)
    return damaged(path_, "expected a storage version, but it has none");
  const auto status = db_->Put(synced_, family(Table::meta), slice(kStorageVersionKey),
                               number_key(kStorageVersion));
  if (!status.ok()) return to_error(status, "write to the new database in", path_);
  return {};
}

Result<void> RocksStore::load_end() {
  const auto replay_from = get(Table::meta, kReplayFromKey);
  if (!replay_from) return replay_from.error();
  if (*replay_from) replay_from_ = std::max<Position>(1, key_number(**replay_from));

  std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(walk_options(), journal()));
  row->SeekToLast();
  if (!row->status().ok()) return to_error(row->status(), "read the journal in", path_);
  if (row->Valid()) {
    RowDecoder decoder(*books_);
    const auto facts = decoder.decode(view(row->value()));
    const Position key = key_number(view(row->key()));
    if (!facts) return journal_row_error(path_, key, facts.error());
    last_checksum_ = decoder.header().checksum;
    last_position_ = facts->back().position;
  }
  if (replay_from_ > last_position_ + 1) {
    return damaged(path_, "its journal ends at position " + std::to_string(last_position_) +
                              ", but its snapshot begins at " + std::to_string(replay_from_));
  }
  return {};
}

// ---- writing
void RocksStore::put(rocksdb::WriteBatch& batch, const Row& row) const {
  // A batch in memory takes any row: its status is always ok.
  const auto status = row.value ? batch.Put(family(row.table), slice(row.key), slice(*row.value))
                                : batch.Delete(family(row.table), slice(row.key));
  model::ensure(status.ok(), "a write batch takes every row");
}

Result<void> RocksStore::append(const runtime::WriteSet& set) {
  if (failure_) return *failure_;
  batch_.Clear();
  drawn_.clear();
  const auto drawn = draw_rows(
      set, *codec_, [this](Table table, std::string_view key) { return get(table, key); }, drawn_);
  if (!drawn) {
    failure_ = drawn.error();
    return *failure_;
  }
  size_t bytes = 0;
  if (!set.facts.empty()) {
    model::ensure(set.facts.front().position == last_position_ + 1,
                  "facts are appended without a gap");
    const std::string_view row = encoder_.encode(set.facts, last_checksum_);
    bytes = row.size();
    const auto status = batch_.Put(journal(), number_key(set.facts.front().position), slice(row));
    model::ensure(status.ok(), "a write batch takes every row");
  }
  for (const auto& row : set.rows) put(batch_, row);
  for (const auto& row : drawn_) put(batch_, row);
  if (set.replay_from != replay_from_) {
    put(batch_, {Table::meta, std::string(kReplayFromKey), number_key(set.replay_from)});
  }
  if (auto room = check_room(options_, path_); !room) {
    failure_ = room.error();
    return room;
  }
  const auto status = db_->Write(synced_, &batch_);
  if (!status.ok()) {
    failure_ = to_error(status, "write the journal in", path_);
    return *failure_;
  }
  replay_from_ = set.replay_from;
  table_row_count_ += set.rows.size() + drawn_.size();
  if (set.facts.empty()) return {};
  last_checksum_ = encoder_.checksum();
  last_position_ = set.facts.back().position;
  ++row_count_;
  fact_count_ += set.facts.size();
  byte_count_ += bytes;
  return {};
}

Result<void> RocksStore::put_derived(std::span<const Row> rows) {
  if (auto room = check_room(options_, path_); !room) return room;
  rocksdb::WriteBatch batch;
  for (const auto& row : rows) put(batch, row);
  const auto status = db_->Write({}, &batch);
  if (!status.ok()) return to_error(status, "write to the database in", path_);
  return {};
}

Result<void> RocksStore::settle() {
  if (failure_) return *failure_;
  const auto status = db_->Flush({}, {families_.begin(), families_.end()});
  if (!status.ok()) return to_error(status, "write the tables of the database in", path_);
  return {};
}

Result<void> RocksStore::copy_to(const std::string& path) {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(path);
  if (!status.ok()) return to_error(status, "copy the database to", path);
  return {};
}

// ---- reading
Result<void> RocksStore::check_files() const {
  const auto status = db_->VerifyChecksum();
  if (!status.ok()) return to_error(status, "read the table files in", path_);
  return {};
}

Result<void> RocksStore::read_journal(
    Position from, const std::function<bool(std::span<const Fact>)>& visit) const {
  JournalReader reader(*db_, journal(), path_, {from, last_position_});
  RowDecoder decoder(*books_);
  while (true) {
    const auto facts = reader.next(decoder);
    if (!facts) return facts.error();
    if (!*facts || !visit(**facts)) return {};
  }
}

Result<void> RocksStore::read_journal_ahead(
    Position from, const std::function<bool(std::span<const Fact>)>& visit) const {
  JournalReader reader(*db_, journal(), path_, {from, last_position_});
  return visit_ahead(reader, *books_, visit);
}

Result<std::optional<std::string>> RocksStore::get(Table table, std::string_view key) const {
  if (family(table) == nullptr) return std::optional<std::string>();
  std::string value;
  const auto status = db_->Get({}, family(table), slice(key), &value);
  if (status.ok()) return std::optional(std::move(value));
  if (status.IsNotFound()) return std::optional<std::string>();
  return to_error(status, "read the database in", path_);
}

Result<void> RocksStore::scan(
    Table table, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  if (family(table) == nullptr) return {};
  rocksdb::ReadOptions options = walk_options();
  if (prefix.empty() && from.empty()) {
    // WHY: whoever reads all of a table does not come back for it soon.
    options.fill_cache = false;
    options.readahead_size = 1 << 20;
  }
  std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options, family(table)));
  for (row->Seek(slice(std::max(prefix, from))); row->Valid(); row->Next()) {
    if (!view(row->key()).starts_with(prefix) || !visit(view(row->key()), view(row->value())))
      return {};
  }
  if (!row->status().ok()) return to_error(row->status(), "read the database in", path_);
  return {};
}

uint64_t RocksStore::about_rows(Table table) const {
  uint64_t rows = 0;
  const bool is_known =
      family(table) != nullptr &&
      db_->GetIntProperty(family(table), rocksdb::DB::Properties::kEstimateNumKeys, &rows);
  return is_known ? rows : 0;
}

StoreFigures RocksStore::figures() const {
  StoreFigures figures{row_count_, fact_count_, byte_count_, table_row_count_, 0, 0};
  for (auto* one : families_) {
    if (one == nullptr) continue;
    uint64_t bytes = 0;
    if (db_->GetIntProperty(one, rocksdb::DB::Properties::kTotalSstFilesSize, &bytes))
      figures.file_bytes += bytes;
    if (db_->GetIntProperty(one, rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes)) {
      figures.memory_bytes += bytes;
    }
  }
  return figures;
}

}  // namespace

Result<std::unique_ptr<Store>> make_store(const std::string& path, StoreOptions options) {
  auto store = std::make_unique<RocksStore>(path, std::move(options));
  if (auto opened = store->open(); !opened) return opened.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace lupaus::server::store
