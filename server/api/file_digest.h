// Names the bytes of a file, so that whoever receives it can say that it is the same.
#pragma once

#include <string>
#include <string_view>

namespace lupaus::server::api {

/// SHA-256 in lower-case hexadecimal.
std::string hex_sha256(std::string_view bytes);

}  // namespace lupaus::server::api
