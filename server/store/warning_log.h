// What RocksDB itself has to say of a database, for people: its warnings.
#pragma once

#include <memory>
#include <string>

namespace rocksdb {
class Logger;
}

namespace lupaus::server::store {

/// Writes warnings to `folder`/LOG, one a line with its time; a LOG above 4 MiB becomes LOG.old
/// when the database is opened or as it grows. What cannot be written is left out. WHY not
/// RocksDB's own: after one failed write of its own log it ends the process by an assertion.
std::shared_ptr<rocksdb::Logger> make_warning_log(const std::string& folder);

/// Says nothing, and makes no file.
std::shared_ptr<rocksdb::Logger> make_silent_log();

}  // namespace lupaus::server::store
