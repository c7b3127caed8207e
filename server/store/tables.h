// How the tables lie in RocksDB: names of column families, options, and RocksDB's words as errors
// of ours.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"
#include "server/runtime/storage.h"
#include "server/store/store.h"

namespace lupaus::server::store {

/// The journal comes after the tables, whose numbers are those of runtime::Table.
inline constexpr size_t kTableCount = static_cast<size_t>(runtime::Table::periods) + 1;
inline constexpr size_t kJournal = kTableCount;
inline constexpr size_t kFamilyCount = kTableCount + 1;

rocksdb::DBOptions database_options(const StoreOptions& options);
/// In the order of their numbers.
std::vector<rocksdb::ColumnFamilyDescriptor> families(const StoreOptions& options);

/// For every iterator. Nothing here deletes ranges, and looking for deleted ones makes RocksDB 7.8
/// forget that it could not read the first block of a file: the walk goes on behind it, or ends.
rocksdb::ReadOptions walk_options();

/// The number of a family by its name; it must be one of ours.
size_t family_number(std::string_view name);

/// As RocksDB knows it; Table::meta is its "default".
std::string_view table_name(runtime::Table table);

/// `doing` completes "cannot …".
rules::model::Error to_error(const rocksdb::Status& status, const std::string& doing,
                             const std::string& path);

rules::model::Error damaged(const std::string& path, std::string message);

}  // namespace lupaus::server::store
