// One file of the spool: records in order of sequence, only ever appended to. A record is a word, a
// CRC-32C over all that follows it, its sequence, and the payload; numbers are little-endian. The
// word holds the payload's length in its lower 21 bits; above them, how many records before this
// one were not yet known to be on disk when it was written: what a power cut may have taken from
// before it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/branch/result.h"
#include "clients/branch/spool/disk.h"

namespace lupaus::clients::branch::spool {

/// Bytes before a record's payload: word, checksum, sequence.
inline constexpr uint64_t kRecordHeaderBytes = 16;
/// A length above it is damage, not a record.
inline constexpr uint64_t kPayloadBytesMax = 1ULL << 20;

/// Not thread-safe, but for `file()`, which may be synced while the segment grows.
class Segment {
 public:
  /// Reads what is there. When `is_last`, what a crash may have left at the end is cut off: records
  /// from the first that is not whole on, provided that no record behind it says that it was on
  /// disk. Any other damage is the error "spool_damaged", which names file and offset. What is kept
  /// of the last file is synced: a program that was killed left it written, not durable.
  static Result<Segment> open(Disk& disk, const std::string& path, uint64_t first_sequence,
                              bool is_last);
  static std::string file_name(uint64_t first_sequence);

  uint64_t first_sequence() const { return first_; }
  /// The sequence that follows the last record.
  uint64_t next_sequence() const { return first_ + offsets_.size(); }
  uint64_t bytes() const { return bytes_; }
  bool holds(uint64_t sequence) const { return sequence >= first_ && sequence < next_sequence(); }

  /// `unsynced` records before this one are not known to be on disk. All or nothing.
  Result<void> append(std::string_view payload, uint64_t unsynced);
  /// Precondition: holds(sequence).
  Result<std::string> read(uint64_t sequence) const;
  std::shared_ptr<DiskFile> file() const { return file_; }
  const std::string& path() const { return path_; }

 private:
  Segment(std::unique_ptr<DiskFile> file, std::string path, uint64_t first);
  Result<void> cut_at(std::string_view bytes, uint64_t offset, bool is_last);
  std::shared_ptr<DiskFile> file_;
  std::string path_;
  uint64_t first_;
  uint64_t bytes_ = 0;
  std::vector<uint64_t> offsets_;
};

}  // namespace lupaus::clients::branch::spool
