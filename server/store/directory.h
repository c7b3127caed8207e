// What is looked at in a database's directory before and after RocksDB opens it, where RocksDB says
// too little or does harm.
#pragma once

#include <string>

#include "rules/model/result.h"

namespace rocksdb {
class Env;
}

namespace lupaus::server::store {

/// "database_locked" when another process has the database open: RocksDB takes no lock for reading
/// alone.
rules::model::Result<void> check_unlocked(const std::string& path);

/// "database_damaged" when CURRENT is missing though there are tables or logs, or names a list of
/// files that is not there: RocksDB would begin an empty database over them. Before the first
/// CURRENT there is neither a table nor a log.
rules::model::Result<void> check_current(rocksdb::Env& env, const std::string& path);

/// "the record at byte 1234 of `000012.log`": the first in any log or list of files whose checksum
/// is not that of its bytes; "" when there is none. RocksDB does not say which log it cannot read.
std::string find_damaged_record(rocksdb::Env& env, const std::string& path);

}  // namespace lupaus::server::store
