// SHA-256 by OpenSSL.
#include "server/api/file_digest.h"

#include <openssl/sha.h>

#include <array>

namespace lupaus::server::api {

std::string hex_sha256(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

}  // namespace lupaus::server::api
