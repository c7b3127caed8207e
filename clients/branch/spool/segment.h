// One file of the spool: records in order of sequence, only ever appended to. A record is its
// payload's length, a CRC-32C over all that follows it, its sequence, and the payload; numbers are
// little-endian.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/branch/result.h"
#include "clients/branch/spool/file.h"

namespace lupaus::clients::branch::spool {

/// Bytes before a record's payload: length, checksum, sequence.
inline constexpr uint64_t kRecordHeaderBytes = 16;
/// A length above it is damage, not a record.
inline constexpr uint64_t kPayloadBytesMax = 1ULL << 20;

/// Not thread-safe, but for `file()`, which may be synced while the segment grows.
class Segment {
 public:
  /// Reads what is there. A record that was torn while it was written (nothing valid follows it) is
  /// cut off when `is_last`; any other damage is the error "spool_damaged", which names file and
  /// offset.
  static Result<Segment> open(const std::string& path, uint64_t first_sequence, bool is_last);
  static std::string file_name(uint64_t first_sequence);

  uint64_t first_sequence() const { return first_; }
  /// The sequence that follows the last record.
  uint64_t next_sequence() const { return first_ + offsets_.size(); }
  uint64_t bytes() const { return bytes_; }
  bool holds(uint64_t sequence) const { return sequence >= first_ && sequence < next_sequence(); }

  Result<void> append(std::string_view payload);
  /// Precondition: holds(sequence).
  Result<std::string> read(uint64_t sequence) const;
  std::shared_ptr<const File> file() const { return file_; }

 private:
  Segment(File file, uint64_t first);
  std::shared_ptr<const File> file_;
  uint64_t first_;
  uint64_t bytes_ = 0;
  std::vector<uint64_t> offsets_;
};

}  // namespace lupaus::clients::branch::spool
