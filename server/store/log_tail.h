// Tells a torn end of RocksDB's logs from a damaged one. RocksDB takes a record that claims to
// reach beyond the end of the file for a torn write and drops it with all behind it; when only its
// length was damaged, acknowledged writes would be gone without a word.
#pragma once

#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace rocksdb {
class FileSystem;
}

namespace lupaus::server::store {

/// Looks at every log and list of files in the directory `path` of `files`; code
/// "database_damaged" when a record there was whole once. What it does not find RocksDB reports by
/// itself. A directory without any is fine.
rules::model::Result<void> check_log_tails(rocksdb::FileSystem& files, const std::string& path);

/// The same for one block of a log; `is_last` for the block at the end of its file.
bool is_block_damaged(std::string_view block, bool is_last);

/// Where the first record of one block of a log begins whose checksum is not that of its bytes; the
/// block's size when there is none.
size_t first_damaged_record(std::string_view block);

/// No record crosses the edge of a block.
inline constexpr size_t kLogBlockBytes = 32'768;

}  // namespace lupaus::server::store
