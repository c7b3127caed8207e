#include "server/store/tables.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lupaus::server::store {
namespace {

// RocksDB insists on a family "default": it is the table of small things. Order: runtime::Table,
// then the journal.
constexpr std::array<const char*, kFamilyCount> kNames = {
    "tickets", "sources",  "branches", "compensations", "caps",    "batches", "books",
    "archive", "rejected", "breaches", "rollups",       "default", "periods", "journal"};

rocksdb::CompressionType compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool has_lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  return has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions family_options(size_t family, const StoreOptions& options) {
  rocksdb::ColumnFamilyOptions chosen;
  const bool is_journal = family == kJournal;
  chosen.write_buffer_size =
      is_journal ? options.journal_memtable_bytes : options.table_memtable_bytes;
  chosen.max_write_buffer_number = is_journal ? 3 : 2;
  chosen.compression = compression();
  rocksdb::BlockBasedTableOptions table;
  if (is_journal) table.block_size = 32 << 10;  // read in order, a row is about as large
  if (family == static_cast<size_t>(runtime::Table::archive) ||
      family == static_cast<size_t>(runtime::Table::breaches)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  chosen.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return chosen;
}

}  // namespace

rocksdb::DBOptions database_options(const StoreOptions& options) {
  rocksdb::DBOptions chosen;
  if (options.env != nullptr) chosen.env = options.env;
  chosen.create_if_missing = !options.is_read_only;
  chosen.create_missing_column_families = !options.is_read_only;
  // WHY: the default drops acknowledged writes behind a damaged one without a word.
  chosen.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  chosen.track_and_verify_wals_in_manifest = true;
  chosen.max_total_wal_size = options.wal_bytes_max;
  chosen.max_background_jobs = 2;
  chosen.bytes_per_sync = 1 << 20;
  chosen.max_open_files = 512;
  chosen.stats_dump_period_sec = 0;
  chosen.stats_persist_period_sec = 0;
  return chosen;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families(const StoreOptions& options) {
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (size_t family = 0; family < kFamilyCount; ++family) {
    all.emplace_back(kNames[family], family_options(family, options));
  }
  return all;
}

rocksdb::ReadOptions walk_options() {
  rocksdb::ReadOptions chosen;
  chosen.ignore_range_deletions = true;
  return chosen;
}

size_t family_number(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  rules::model::ensure(found != kNames.end(), "only families of ours are opened");
  return static_cast<size_t>(found - kNames.begin());
}

std::string_view table_name(runtime::Table table) { return kNames[static_cast<size_t>(table)]; }

rules::model::Error damaged(const std::string& path, std::string message) {
  return {"database_damaged",
          "the database in `" + path + "` is damaged: " + std::move(message),
          "keep a copy of the directory and restore the last backup; nothing in it was changed",
          {}};
}

rules::model::Error to_error(const rocksdb::Status& status, const std::string& doing,
                             const std::string& path) {
  const std::string words = status.ToString();
  const auto says = [&](const char* text) { return words.find(text) != std::string::npos; };
  if (status.IsNoSpace() || says("No space left")) {
    return {
        "disk_full",
        "cannot " + doing + " `" + path + "`: the disk is full",
        "make room on that file system and start the server again; nothing acknowledged is lost",
        {}};
  }
  if (says("lock hold") || (says("LOCK") && says("Resource temporarily unavailable"))) {
    return {"database_locked",
            "cannot " + doing + " `" + path + "`: another process has it open",
            "stop the other server, or give this one a data_dir of its own",
            {}};
  }
  if (says("Read-only file system")) {
    return {
        "disk_read_only",
        "cannot " + doing + " `" + path + "`: its file system is read-only",
        "see why (the system's log tells of a failing disk), mount it for writing and start the "
        "server again; nothing acknowledged is lost",
        {}};
  }
  if (says("Column families not opened")) {
    return {
        "database_version",
        "expected a database of this program in `" + path + "`, but it has tables unknown to it",
        "run the program version that wrote it, or a newer one",
        {}};
  }
  if (status.IsCorruption() || says("Corrupt") || says("checksum")) return damaged(path, words);
  return {"database_path",
          "cannot " + doing + " `" + path + "`: " + words,
          "check that the directory exists, is a directory, and may be written by this user",
          {}};
}

}  // namespace lupaus::server::store
