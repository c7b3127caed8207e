// Where sealed payees are kept: rows of opaque bytes under opaque keys, apart from the journal. The
// port of this folder; server/store has the database behind it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace lupaus::server::payees {

/// A row to put, or to erase where there is no value.
struct VaultChange {
  std::string key;
  std::optional<std::string> value;
};

/// Owned by Payees, which calls it from one thread at a time.
class VaultRows {
 public:
  virtual ~VaultRows() = default;

  /// Ascending by key, until `visit` says false.
  virtual rules::model::Result<void> scan(
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;

  /// All of it or nothing; on disk when this returns.
  virtual rules::model::Result<void> write(std::span<const VaultChange> changes) = 0;

  /// Returns once no file of the vault holds the values that were replaced or erased. Takes time in
  /// proportion to the whole vault.
  virtual rules::model::Result<void> scrub() = 0;

  /// A consistent copy of what is durable, in the directory `path`, which must not exist.
  virtual rules::model::Result<void> copy_to(const std::string& path) = 0;
};

}  // namespace lupaus::server::payees
