#include "server/payees/sealing_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <memory>
#include <utility>

namespace lupaus::server::payees {
namespace {

using rules::model::ensure;

constexpr char kVersion = 1;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kOverhead = 1 + kNonceBytes + kTagBytes;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Derivation = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// HKDF-SHA256 (RFC 5869) without salt: the file's bytes are random already.
void derive(std::string_view key, std::string_view purpose,
            std::array<unsigned char, kKeyBytes>& out) {
  const Derivation hkdf(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  size_t size = out.size();
  const bool is_derived =
      hkdf != nullptr && EVP_PKEY_derive_init(hkdf.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(hkdf.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(hkdf.get(), bytes_of(key), static_cast<int>(key.size())) == 1 &&
      EVP_PKEY_CTX_add1_hkdf_info(hkdf.get(), bytes_of(purpose),
                                  static_cast<int>(purpose.size())) == 1 &&
      EVP_PKEY_derive(hkdf.get(), out.data(), &size) == 1 && size == out.size();
  ensure(is_derived, "a key can be derived");
}

/// What the ciphertext is bound to: the version and the row that it belongs to.
std::string binding(std::string_view place) { return kVersion + std::string(place); }

}  // namespace

SealingKey::SealingKey(std::string_view bytes) {
  ensure(bytes.size() == kKeyBytes, "a sealing key has 32 bytes");
  derive(bytes, "lupaus payees seal 1", sealing_);
  derive(bytes, "lupaus payees name 1", naming_);
}

SealingKey::SealingKey(SealingKey&& other) noexcept
    : sealing_(other.sealing_), naming_(other.naming_) {
  OPENSSL_cleanse(other.sealing_.data(), other.sealing_.size());
  OPENSSL_cleanse(other.naming_.data(), other.naming_.size());
}

SealingKey::~SealingKey() {
  OPENSSL_cleanse(sealing_.data(), sealing_.size());
  OPENSSL_cleanse(naming_.data(), naming_.size());
}

std::string SealingKey::name_of(std::string_view text) const {
  std::string name(kKeyBytes, '\0');
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), naming_.data(), static_cast<int>(naming_.size()),
                          bytes_of(text), text.size(), bytes_of(name), &size);
  ensure(made != nullptr && size == kKeyBytes, "an HMAC can be made");
  return name;
}

std::string SealingKey::seal(std::string_view plain, std::string_view place) const {
  std::string sealed(kOverhead + plain.size(), '\0');
  sealed[0] = kVersion;
  unsigned char* const nonce = bytes_of(sealed) + 1;
  unsigned char* const body = nonce + kNonceBytes;
  ensure(RAND_bytes(nonce, kNonceBytes) == 1, "random bytes are to be had");
  const std::string bound = binding(place);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  const bool is_sealed =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, sealing_.data(), nonce) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(bound),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), body, &size, bytes_of(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), body + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) == 1;
  ensure(is_sealed, "AES-256-GCM can seal");
  return sealed;
}

std::optional<std::string> SealingKey::open(std::string_view sealed, std::string_view place) const {
  if (sealed.size() < kOverhead || sealed[0] != kVersion) return std::nullopt;
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const unsigned char* const nonce = bytes_of(sealed) + 1;
  std::string plain(sealed.size() - kOverhead, '\0');
  const std::string bound = binding(place);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  const bool is_open =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, sealing_.data(), nonce) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(bound),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, nonce + kNonceBytes,
                        static_cast<int>(plain.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + plain.size(), &size) == 1;
  if (is_open) return plain;
  wipe(plain);
  return std::nullopt;
}

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace lupaus::server::payees
