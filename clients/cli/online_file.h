// Files that a server makes: taken in parts, and written whole or not at all.
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "clients/cli/connection.h"
#include "clients/cli/context.h"

namespace lupaus::clients::cli {

/// Writes the file whole or not at all: a crash or a full disk leaves what was there before. A
/// device or a pipe is written to, never replaced; a link is followed. Only its owner may read it.
bool write_whole(const std::string& path, const std::string& bytes);

/// Puts `bytes` into `path` and says so with their SHA-256; "" and "-" are standard output.
void put_file(Context& context, const std::string& path, const std::string& bytes,
              const std::string& sha256);

/// Whether all of it came; what did not is printed and sets the exit code.
bool check_whole(Context& context, size_t got, size_t announced);

/// The first part with the content of all; nullopt when the file did not come whole, which is
/// printed and sets the exit code.
template <typename Part>
std::optional<Part> take_file(Context& context, grpc::ClientReader<Part>& reader) {
  Part file, part;
  for (bool is_first = true; reader.Read(&part); is_first = false) {
    if (is_first) {
      file = part;
      file.mutable_content()->reserve(part.size_bytes());
    } else {
      *file.mutable_content() += part.content();
    }
  }
  if (const grpc::Status status = reader.Finish(); !status.ok()) {
    fail_with(context, status);
    return std::nullopt;
  }
  if (!check_whole(context, file.content().size(), file.size_bytes())) return std::nullopt;
  return file;
}

}  // namespace lupaus::clients::cli
