// The key that seals payees: AES-256-GCM for the rows and HMAC-SHA256 for their names, both derived
// from 32 bytes of a file.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::server::payees {

inline constexpr size_t kKeyBytes = 32;

/// Moves, never copies, and is wiped when it goes. Its calls are const and for any thread.
class SealingKey {
 public:
  /// `bytes` are 32, from a source of randomness; the caller wipes its own.
  explicit SealingKey(std::string_view bytes);
  SealingKey(SealingKey&& other) noexcept;
  SealingKey(const SealingKey&) = delete;
  SealingKey& operator=(const SealingKey&) = delete;
  ~SealingKey();

  /// 32 bytes that stand for `text` and give nothing of it away without the key.
  std::string name_of(std::string_view text) const;
  /// Version, nonce, ciphertext, tag. A fresh nonce each time; bound to `place`, under which alone
  /// it can be opened again.
  std::string seal(std::string_view plain, std::string_view place) const;
  /// nullopt when a single bit of it, or the place, or the key is another. The caller wipes it.
  std::optional<std::string> open(std::string_view sealed, std::string_view place) const;

 private:
  std::array<unsigned char, kKeyBytes> sealing_{};
  std::array<unsigned char, kKeyBytes> naming_{};
};

/// Reads 32 raw bytes or 64 hexadecimal digits from a file that no other user may read, or from
/// `credential:NAME` in $CREDENTIALS_DIRECTORY. `setting` is the configuration's name for it, for
/// errors ("payee_key_missing", "payee_key_exposed", "payee_key_bad").
rules::model::Result<SealingKey> load_sealing_key(const std::string& source,
                                                  std::string_view setting);

/// Overwrites what `text` holds.
void wipe(std::string& text);

}  // namespace lupaus::server::payees
