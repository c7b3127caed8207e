#include "server/store/vault.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "server/store/directory.h"
#include "server/store/tables.h"
#include "server/store/warning_log.h"

namespace lupaus::server::store {
namespace {

using payees::VaultChange;
using rules::model::Error;
using rules::model::Result;

constexpr size_t kMemtableBytes = 8 << 20;

std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::Options vault_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  // WHY: the same as the journal's: the default drops what was acknowledged without a word.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.write_buffer_size = kMemtableBytes;
  options.max_background_jobs = 1;
  options.max_open_files = 64;
  options.compression = rocksdb::kNoCompression;  // sealed bytes do not shrink
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // Erased means gone: no log is kept to be used again, or for a replica.
  options.recycle_log_file_num = 0;
  options.WAL_ttl_seconds = 0;
  options.WAL_size_limit_MB = 0;
  return options;
}

class RocksVault : public payees::VaultRows {
 public:
  RocksVault(std::string path, std::unique_ptr<rocksdb::DB> db)
      : path_(std::move(path)), db_(std::move(db)) {
    synced_.sync = true;
  }

  Result<void> scan(const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override {
    const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(walk_options()));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
      if (!visit(view(row->key()), view(row->value()))) return {};
    }
    return told(row->status(), "read the payees in");
  }

  Result<void> write(std::span<const VaultChange> changes) override {
    rocksdb::WriteBatch batch;
    for (const VaultChange& change : changes) {
      const auto added =
          change.value ? batch.Put(change.key, *change.value) : batch.Delete(change.key);
      if (!added.ok()) return to_error(added, "write the payees in", path_);
    }
    return told(db_->Write(synced_, &batch), "write the payees in");
  }

  Result<void> scrub() override {
    // The log goes with the memory table that it covers; old values and the marks of erased rows go
    // when the tables are written again to the last level.
    rocksdb::FlushOptions flush;
    flush.wait = true;
    if (auto flushed = told(db_->Flush(flush), "write the payees in"); !flushed) return flushed;
    rocksdb::CompactRangeOptions whole;
    whole.exclusive_manual_compaction = true;
    whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    const auto compacted = db_->CompactRange(whole, nullptr, nullptr);
    if (!compacted.ok()) return to_error(compacted, "compact the payees in", path_);
    // WHY: files that nothing refers to are otherwise removed at leisure; this removes them now.
    if (auto stopped = told(db_->DisableFileDeletions(), "remove what was erased from"); !stopped)
      return stopped;
    return told(db_->EnableFileDeletions(true), "remove what was erased from");
  }

  Result<void> copy_to(const std::string& path) override {
    rocksdb::Checkpoint* made = nullptr;
    auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(path, 0);
    return told(status, "copy the payees in");
  }

 private:
  Result<void> told(const rocksdb::Status& status, const char* doing) const {
    if (status.ok()) return {};
    return to_error(status, doing, path_);
  }

  const std::string path_;
  const std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteOptions synced_;
};

}  // namespace

Result<std::unique_ptr<payees::VaultRows>> open_vault(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (!failure) std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
  if (failure) {
    return Error{"database_path",
                 "cannot make the directory `" + path + "`: " + failure.message(),
                 "check the path and the permissions of the directory above it",
                 {}};
  }
  rocksdb::Options options = vault_options();
  options.info_log = make_warning_log(path);
  if (auto current = check_current(*options.env, path); !current) return current.error();
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options, path, &opened);
  if (!status.ok()) return to_error(status, "open the payees in", path);
  return std::unique_ptr<payees::VaultRows>(
      std::make_unique<RocksVault>(path, std::unique_ptr<rocksdb::DB>(opened)));
}

}  // namespace lupaus::server::store
