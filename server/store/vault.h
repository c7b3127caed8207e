// The database of the sealed payees: a RocksDB of its own beside the journal's, so that what is
// erased there is gone while the journal stays whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rules/model/result.h"
#include "server/payees/vault_rows.h"

namespace lupaus::server::store {

/// Its directory below a data_dir, and below a backup.
inline constexpr std::string_view kVaultFolder = "payees";

/// Opens the rows in the directory `path`, which is made where it is not there, for this user
/// alone. One process at a time. Errors: "database_locked", "database_damaged", "database_path",
/// "disk_full".
rules::model::Result<std::unique_ptr<payees::VaultRows>> open_vault(const std::string& path);

}  // namespace lupaus::server::store
