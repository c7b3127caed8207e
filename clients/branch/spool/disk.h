// What a spool asks of a disk, so that another one can stand under it: one that loses what was not
// synced, fills, fails or tears. The machine's own file system is the default.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/branch/result.h"

namespace lupaus::clients::branch::spool {

/// An open file; closed when it is destroyed, which gives its lock back. Different threads may sync
/// it and do one other call at a time. Errors of all calls: "disk_full" (nothing is broken, there
/// is no room), "spool_failed" (anything else).
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Fewer bytes than `length` only where the file ends.
  virtual Result<std::string> read(uint64_t offset, uint64_t length) const = 0;
  virtual Result<uint64_t> size() const = 0;
  /// After an error any part of `bytes` may be in the file. Durable only after sync().
  virtual Result<void> write(uint64_t offset, std::string_view bytes) = 0;
  virtual Result<void> truncate(uint64_t size) = 0;
  /// Makes what was written and the size durable; the file's name only after sync_directory. After
  /// an error nothing is known of what was written since the last sync that succeeded.
  virtual Result<void> sync() = 0;
  /// False when another program holds it.
  virtual bool lock() = 0;
};

/// Paths are absolute or of the program's directory. Any thread.
class Disk {
 public:
  enum class Mode : uint8_t {
    keep,    ///< made empty when it is missing
    replace  ///< empty, whatever was there
  };
  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) = 0;
  /// With all directories above it; no error when it is there already. Durable when it returns.
  virtual Result<void> make_directory(const std::string& path) = 0;
  /// Names of the files in it, in any order.
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  /// `to` is one of the two files at any moment, also through a power cut.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// No error when there is none.
  virtual Result<void> remove(const std::string& path) = 0;
  /// Makes names that were made, renamed or removed in it durable.
  virtual Result<void> sync_directory(const std::string& path) = 0;
};

/// The machine's file system.
std::shared_ptr<Disk> make_posix_disk();

}  // namespace lupaus::clients::branch::spool
