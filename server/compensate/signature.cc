#include "server/compensate/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <chrono>

#include "rules/model/result.h"

namespace lupaus::server::compensate {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const unsigned char* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                                   reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                   reinterpret_cast<unsigned char*>(digest.data()), &size);
  rules::model::ensure(made != nullptr, "HMAC-SHA256 is always available");
  digest.resize(size);
  return digest;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sign(std::span<const std::string> secrets, rules::model::Instant at,
                 std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  const std::string time = std::to_string(seconds);
  const std::string signed_text = time + "." + std::string(body);
  std::string header = "t=" + time;
  for (const std::string& secret : secrets)
    header += ",v1=" + to_hex(hmac_sha256(secret, signed_text));
  return header;
}

}  // namespace lupaus::server::compensate
