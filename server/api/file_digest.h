// Names the bytes of a file, so that whoever receives it can say that it is the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lupaus::server::api {

/// SHA-256 in lower-case hexadecimal.
std::string hex_sha256(std::string_view bytes);

/// The same of a file that comes in pieces.
class FileDigest {
 public:
  FileDigest();
  ~FileDigest();
  void add(std::string_view piece);
  uint64_t size_bytes() const { return size_bytes_; }
  /// The last call.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  uint64_t size_bytes_ = 0;
};

}  // namespace lupaus::server::api
