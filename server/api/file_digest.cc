// SHA-256 by OpenSSL.
#include "server/api/file_digest.h"

#include <openssl/evp.h>

#include <array>

#include "rules/model/result.h"

namespace lupaus::server::api {

struct FileDigest::Context {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> evp{EVP_MD_CTX_new()};
};

FileDigest::FileDigest() : context_(std::make_unique<Context>()) {
  const bool is_ready = context_->evp != nullptr &&
                        EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) == 1;
  rules::model::ensure(is_ready, "OpenSSL knows SHA-256");
}
FileDigest::~FileDigest() = default;

void FileDigest::add(std::string_view piece) {
  size_bytes_ += piece.size();
  EVP_DigestUpdate(context_->evp.get(), piece.data(), piece.size());
}

std::string FileDigest::finish() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_->evp.get(), digest.data(), &size);
  std::string text;
  for (size_t i = 0; i < size; ++i) text += {kDigits[digest[i] >> 4], kDigits[digest[i] & 15]};
  return text;
}

std::string hex_sha256(std::string_view bytes) {
  FileDigest digest;
  digest.add(bytes);
  return digest.finish();
}

}  // namespace lupaus::server::api
