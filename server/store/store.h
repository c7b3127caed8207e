// Durable storage in RocksDB: the journal, one row a synced write, and the tables beside it. It is
// the only code that knows RocksDB.
//
// Promises: what `append` returned from survives kill -9 and power cuts; every journal row carries
// a checksum of its own and that of the row before, and reading verifies both; damage is reported,
// never skipped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/runtime/storage.h"
#include "server/store/row_codec.h"

namespace rocksdb {
class Env;
}

namespace lupaus::server::store {

struct StoreOptions {
  BookCompiler compile_book;  ///< for Published facts; required once there is one
  size_t journal_memtable_bytes =
      64ull << 20;  ///< two of them at most; above it memory is wasted, below it files are tiny
  size_t table_memtable_bytes = 8ull << 20;  ///< of each other table
  uint64_t wal_bytes_max = 256ull << 20;     ///< bounds what opening must read
  bool is_read_only = false;  ///< nothing in the directory is changed; it must hold a database that
                              ///< no process has open
  rocksdb::Env* env =
      nullptr;  ///< files and background work; null: the machine's. Outlives the store
};

/// What metrics show; a copy.
struct StoreFigures {
  uint64_t journal_rows = 0;   ///< written since it was opened
  uint64_t journal_facts = 0;  ///< in them
  uint64_t journal_bytes = 0;  ///< of them
  uint64_t table_rows = 0;     ///< beside them
  uint64_t file_bytes = 0;     ///< of all tables' files on disk
  uint64_t memory_bytes = 0;   ///< of all memtables
};

/// A runtime::Storage; `append` from one thread, all else from any.
class Store : public runtime::Storage {
 public:
  virtual StoreFigures figures() const = 0;
  /// Of the last journal row; it stands for all before it, since each row carries that of the one
  /// before. 0 while there is none.
  virtual uint32_t journal_checksum() const = 0;
  /// Reads every table file whole and checks the checksums in it.
  virtual rules::model::Result<void> check_files() const = 0;
};

/// Opens the database in the directory `path`, made when it is not there. Errors, each with what,
/// where and how to mend it: "database_locked" (another process has it), "database_damaged",
/// "database_version" (written by a newer program), "disk_full", "database_path" (no such place, no
/// permission).
rules::model::Result<std::unique_ptr<Store>> make_store(const std::string& path,
                                                        StoreOptions options);

}  // namespace lupaus::server::store
