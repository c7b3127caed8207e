// Rows of a vault in memory, which a test may look into and damage.
#pragma once

#include <map>
#include <memory>

#include "server/payees/payees.h"

namespace lupaus::server::payees {

/// What outlives the Payees that own the rows.
struct VaultContent {
  std::map<std::string, std::string> rows;
  size_t writes = 0, scrubs = 0;
  bool does_fail = false;        ///< to write
  bool does_scrub_fail = false;  ///< what was written stays
};

class MemoryVault : public VaultRows {
 public:
  explicit MemoryVault(VaultContent& content) : content_(content) {}

  rules::model::Result<void> scan(
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    for (const auto& [key, value] : content_.rows) {
      if (!visit(key, value)) break;
    }
    return {};
  }
  rules::model::Result<void> write(std::span<const VaultChange> changes) override {
    if (content_.does_fail) return rules::model::Error{"disk_full", "the disk is full", "", {}};
    ++content_.writes;
    for (const auto& change : changes) {
      if (change.value) {
        content_.rows[change.key] = *change.value;
      } else {
        content_.rows.erase(change.key);
      }
    }
    return {};
  }
  rules::model::Result<void> scrub() override {
    if (content_.does_scrub_fail)
      return rules::model::Error{"disk_full", "the disk is full", "", {}};
    ++content_.scrubs;
    return {};
  }
  rules::model::Result<void> copy_to(const std::string&) override { return {}; }

 private:
  VaultContent& content_;
};

inline const std::string kKeyA(32, 'a'), kKeyB(32, 'b');

inline rules::model::Result<std::unique_ptr<Payees>> open_payees(VaultContent& content,
                                                                 const std::string& key = kKeyA,
                                                                 const std::string& previous = "") {
  std::optional<SealingKey> before;
  if (!previous.empty()) before.emplace(previous);
  return Payees::open(std::make_unique<MemoryVault>(content), SealingKey(key), std::move(before));
}

/// The same where it is right.
inline std::unique_ptr<Payees> reopened(VaultContent& content, const std::string& key = kKeyA,
                                        const std::string& previous = "") {
  auto payees = open_payees(content, key, previous);
  return std::move(*payees);
}

inline Payee anna() { return {"c-1", "Anna Ödegård", "FI2112345600000785", "fi"}; }
inline Payee bengt() { return {"c-2", "Bengt Šef", "DE89370400440532013000", ""}; }

}  // namespace lupaus::server::payees
