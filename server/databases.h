// What lies below a data_dir: the journal's database, and that of the sealed payees.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rules/model/instant.h"
#include "rules/model/result.h"
#include "server/config/config.h"

namespace lupaus::server::payees {
class Payees;
}
namespace lupaus::server::runtime {
class Storage;
}

namespace lupaus::server {

struct Databases {
  std::unique_ptr<runtime::Storage> journal;
  std::unique_ptr<payees::Payees> payees;  ///< nullptr where none are configured
};

/// Makes data_dir where it is not there. Errors: "store_lost" when secrets are there without their
/// journal; those of the store.
rules::model::Result<std::unique_ptr<runtime::Storage>> open_store(const config::Config& config);

/// nullptr without `finance.payee_key`. Errors: those of the key's file, of Payees and of the
/// vault; a wrong key changes nothing.
rules::model::Result<std::unique_ptr<payees::Payees>> open_payees(const config::Config& config);

/// The sealed rows for a backup in `folder`, also where no key is configured. `payees` may be
/// nullptr.
rules::model::Result<void> copy_payees_to(const std::string& folder, const payees::Payees* payees,
                                          const std::string& data_dir);

/// Remembers below `data_dir`, over restarts, when a backup was made last. What cannot be written
/// is only warned of: the backup is there all the same.
void note_backup(const std::string& data_dir, rules::model::Instant made_at);
/// nullopt: none was noted.
std::optional<rules::model::Instant> noted_backup(const std::string& data_dir);

/// From now on this process leaves no image of its memory behind, nor lets itself be traced by
/// others of its user: names and IBANs pass through it.
void forbid_core_dumps();

}  // namespace lupaus::server
