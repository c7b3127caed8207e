#include "server/store/log_tail.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "server/store/checksum.h"

namespace lupaus::server::store {
namespace {

// The layout of RocksDB's logs: blocks of 32 KiB, in them records of a header (checksum, length,
// type) and the bytes; no record crosses a block. The stored checksum is rotated and shifted.
constexpr size_t kBlockBytes = 32'768;
constexpr size_t kHeaderBytes = 7;
constexpr uint8_t kTypeMax = 4;  // full, first, middle, last

struct Header {
  uint32_t checksum = 0;
  size_t length = 0;
  uint8_t type = 0;
};

Header header_at(std::string_view block, size_t at) {
  Header header;
  std::memcpy(&header.checksum, block.data() + at, 4);
  header.length = static_cast<uint8_t>(block[at + 4]) |
                  static_cast<size_t>(static_cast<uint8_t>(block[at + 5])) << 8;
  header.type = static_cast<uint8_t>(block[at + 6]);
  return header;
}

bool is_record(std::string_view block, size_t at, const Header& header) {
  if (at + kHeaderBytes + header.length > block.size()) return false;
  const char type = static_cast<char>(header.type);
  const uint32_t checksum =
      crc32c(block.substr(at + kHeaderBytes, header.length), crc32c(std::string_view(&type, 1)));
  return ((checksum >> 15) | (checksum << 17)) + 0xa282ead8u == header.checksum;
}

/// Whether a whole record begins at `at` whose type alone was damaged. RocksDB takes some types for
/// the rest of an older log and stops there.
bool has_other_type(std::string_view block, size_t at, Header header) {
  for (header.type = 1; header.type <= kTypeMax; ++header.type) {
    if (is_record(block, at, header)) return true;
  }
  return false;
}

/// Whether the record at `at`, which claims to reach beyond the end of the file, ends there in
/// truth, or others follow.
bool has_other_length(std::string_view block, size_t at, Header header) {
  header.length = block.size() - at - kHeaderBytes;
  if (is_record(block, at, header)) return true;
  for (size_t next = at + 1; next + kHeaderBytes <= block.size(); ++next) {
    const Header other = header_at(block, next);
    if (other.type >= 1 && other.type <= kTypeMax && other.length > 0 &&
        is_record(block, next, other))
      return true;
  }
  return false;
}

/// False as well where the file cannot be read: RocksDB reports that by itself.
bool has_damaged_block(rocksdb::FileSystem& files, const std::string& name) {
  uint64_t left = 0;
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  if (!files.GetFileSize(name, {}, &left, nullptr).ok() ||
      !files.NewSequentialFile(name, {}, &file, nullptr).ok())
    return false;
  std::string scratch(kBlockBytes, '\0');
  while (left > 0) {
    rocksdb::Slice block;
    if (!file->Read(kBlockBytes, {}, &block, scratch.data(), nullptr).ok() || block.empty())
      return false;
    left -= std::min<uint64_t>(left, block.size());
    if (is_block_damaged({block.data(), block.size()}, left == 0)) return true;
  }
  return false;
}

}  // namespace

size_t first_damaged_record(std::string_view block) {
  size_t at = 0;
  while (at + kHeaderBytes <= block.size()) {
    const Header header = header_at(block, at);
    if (header.type == 0 && header.length == 0) break;  // the rest is empty
    if (!is_record(block, at, header)) return at;
    at += kHeaderBytes + header.length;
  }
  return block.size();
}

bool is_block_damaged(std::string_view block, bool is_last) {
  size_t at = 0;
  while (at + kHeaderBytes <= block.size()) {
    const Header header = header_at(block, at);
    if (header.type == 0 && header.length == 0) return false;
    if (at + kHeaderBytes + header.length > block.size())
      return is_last && has_other_length(block, at, header);
    if ((header.type == 0 || header.type > kTypeMax) && has_other_type(block, at, header))
      return true;
    at += kHeaderBytes + header.length;
  }
  return false;
}

rules::model::Result<void> check_log_tails(rocksdb::FileSystem& files, const std::string& path) {
  std::vector<std::string> names;
  if (!files.GetChildren(path, {}, &names, nullptr).ok()) return {};
  for (const auto& name : names) {
    if (!name.ends_with(".log") && !name.starts_with("MANIFEST-")) continue;
    if (!has_damaged_block(files, path + "/" + name)) continue;
    return rules::model::Error{
        "database_damaged",
        "the database in `" + path + "` is damaged: a record near the end of `" + name +
            "` has another length than it "
            "was written with",
        "keep a copy of the directory and restore the last backup; nothing in it was changed",
        {}};
  }
  return {};
}

}  // namespace lupaus::server::store
