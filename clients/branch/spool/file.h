// The few system calls of the spool, with errors as values. Owns its descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "clients/branch/result.h"

namespace lupaus::clients::branch::spool {

class File {
 public:
  enum class Mode : uint8_t { read_write, replace };

  static Result<File> open(const std::string& path, Mode mode);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  Result<std::string> read(uint64_t offset, uint64_t length) const;
  Result<uint64_t> size() const;
  /// Appends all or nothing: what was half written is cut off again.
  Result<void> append(std::string_view bytes, uint64_t size_before) const;
  Result<void> truncate(uint64_t size) const;
  Result<void> sync() const;
  /// False when another process holds it. Given back when the file is closed.
  bool lock() const;
  const std::string& path() const { return path_; }

 private:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_ = -1;
  std::string path_;
};

/// Makes the directory's entries durable.
Result<void> sync_directory(const std::string& path);

}  // namespace lupaus::clients::branch::spool
