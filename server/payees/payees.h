// Who is behind the customers' keys: an index of sealed rows in memory over the vault on disk. A
// name or an IBAN is plain only while somebody asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rules/model/result.h"
#include "server/payees/payee.h"
#include "server/payees/sealing_key.h"
#include "server/payees/vault_rows.h"

namespace lupaus::server::payees {

/// A payee ready to be kept.
struct SealedPayee {
  std::string row_key;
  std::string value;
  std::string digest;  ///< equal for equal payees under one key; tells what an import changes
};

/// What may be shown of a payee to whoever looks after them.
struct PayeeListing {
  std::string customer;
  std::string masked_iban;  ///< "FI…85"
  std::string language;
};

struct PayeeCounts {
  uint64_t payees = 0;
  uint64_t unreadable = 0;  ///< rows that were changed by other hands, or by a broken disk
  std::map<std::string, uint64_t> by_language;  ///< "" where nobody said
};

/// Owned by the server; any thread. Rows that cannot be opened count as no payee: what is owed
/// waits for a new import.
class Payees {
 public:
  /// Reads the vault. A first start writes a check row; later ones refuse another key and change
  /// nothing ("payee_key_wrong"), unless `previous` opens it: then every row is sealed anew by
  /// `key`. Errors: also those of the rows.
  static rules::model::Result<std::unique_ptr<Payees>> open(std::unique_ptr<VaultRows> rows,
                                                            SealingKey key,
                                                            std::optional<SealingKey> previous);

  /// Who gets the money of `customer`, in plain: for the export that needs it, and no longer.
  std::optional<Payee> find(std::string_view customer) const;
  /// Whether find would find somebody; nothing is opened.
  bool has(std::string_view customer) const;

  SealedPayee seal(const Payee& payee) const;
  /// Whether `payee` is new to the vault, another than the one there, or the same.
  enum class Novelty { added, changed, unchanged };
  Novelty compare(const SealedPayee& payee) const;
  /// Keeps all of them or none; durable when it returns. What they replace is gone from the files.
  rules::model::Result<void> keep(std::span<const SealedPayee> payees);
  /// False when there was none. Returns once its bytes are gone from the files.
  rules::model::Result<bool> erase(std::string_view customer);

  PayeeCounts counts() const;
  /// At most `count` payees whose row comes after `after` ("" is the first), in the order of their
  /// rows, which says nothing about customers; the row of the last one, "" when it was the last.
  std::string list(std::string_view after, size_t count,
                   const std::function<void(const PayeeListing&)>& visit) const;

  /// A consistent copy of the sealed rows.
  rules::model::Result<void> copy_to(const std::string& path) const;

 private:
  Payees(std::unique_ptr<VaultRows> rows, SealingKey key);
  rules::model::Result<void> load(const std::optional<SealingKey>& previous);

  const std::unique_ptr<VaultRows> rows_;
  const SealingKey key_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string, std::less<>> sealed_;  ///< row key to sealed payee
  uint64_t unreadable_count_ = 0;
};

}  // namespace lupaus::server::payees
