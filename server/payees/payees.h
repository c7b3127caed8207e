// Who is behind the customers' keys: an index of sealed rows in memory over the vault on disk. A
// name or an IBAN is plain only while somebody asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/result.h"
#include "server/payees/payee.h"
#include "server/payees/sealing_key.h"
#include "server/payees/vault_rows.h"

namespace lupaus::server::payees {

/// A payee ready to be kept.
struct SealedPayee {
  std::string row_key;
  std::string value;
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

/// What a payee is to those that are kept.
enum class Novelty : uint8_t { added, changed, unchanged };

/// Owned by the server; any thread. Rows that cannot be opened count as no payee: what is owed
/// waits for a new import.
class Payees {
 public:
  /// Reads the vault. A first start writes a check row; later ones refuse another key and change
  /// nothing ("payee_key_wrong"), unless `previous` is the key of before: then every row is sealed
  /// anew by `key`. Other errors: "payees_damaged", those of the rows.
  static rules::model::Result<std::unique_ptr<Payees>> open(std::unique_ptr<VaultRows> rows,
                                                            SealingKey key,
                                                            std::optional<SealingKey> previous);

  /// Who gets the money of `customer`, in plain: for the export that needs it, and no longer.
  std::optional<Payee> find(std::string_view customer) const;
  /// Whether find would find somebody; nothing is opened.
  bool has(std::string_view customer) const;

  /// Stands for who these customers are now, in this order: hexadecimal digits that are others once
  /// one of them has another name or account, or none. They give nothing away without the key.
  std::string digest_of(std::span<const std::string> customers) const;

  SealedPayee seal(const Payee& payee) const;
  Novelty novelty(const Payee& payee) const;
  /// Keeps all of them or none; durable when it returns. Of one customer the last counts.
  rules::model::Result<void> keep(std::vector<SealedPayee> payees);
  /// False when there was none. Returns once its bytes are gone from the files.
  rules::model::Result<bool> erase(std::string_view customer);

  /// Opens every row: for people, not for metrics.
  PayeeCounts counts() const;
  size_t unreadable_count() const;
  /// Visits at most `count` payees whose row comes behind `after` ("" is the first) in the order of
  /// their rows, which says nothing about customers. Gives the row of the last one, "" when no more
  /// follow.
  std::string list(std::string_view after, size_t count,
                   const std::function<void(const PayeeListing&)>& visit) const;

  /// A consistent copy of the sealed rows.
  rules::model::Result<void> copy_to(const std::string& path) const;

 private:
  Payees(std::unique_ptr<VaultRows> rows, SealingKey key);
  rules::model::Result<void> load(const std::optional<SealingKey>& previous);
  rules::model::Result<void> write_check_row();
  rules::model::Result<void> seal_anew(const SealingKey& previous);
  rules::model::Result<void> replace(std::vector<VaultChange> changes);
  rules::model::Result<void> scrub_if_due();
  void admit(const std::string& row_key, std::string value);
  std::string row_of(std::string_view customer) const;

  const std::unique_ptr<VaultRows> rows_;
  const SealingKey key_;
  mutable std::mutex writing_;  ///< one change of the rows at a time; before mutex_
  bool is_scrub_due_ = false;   ///< under writing_
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string, std::less<>> sealed_;      ///< row key to sealed payee
  std::map<std::string, std::string, std::less<>> unreadable_;  ///< the same, of damaged rows
};

/// Overwrites name and IBAN.
void wipe(Payee& payee);

}  // namespace lupaus::server::payees
