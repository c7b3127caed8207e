// Backups: a consistent copy of everything in a data_dir, taken while the server runs, and its way
// back into an empty one. A backup is a folder with the same files as a data_dir and a manifest.
#pragma once

#include <functional>
#include <string>

#include "server/store/backup_manifest.h"
#include "server/store/store.h"

namespace lupaus::server::store {

/// The database's directory below a data_dir, and below a backup.
inline constexpr std::string_view kStoreFolder = "store";

/// A file in a data_dir that was restored and not started since: the first start makes the numbers
/// that it gives out differ from those that the lost server gave out, and takes it away.
inline constexpr std::string_view kRestoredMark = "RESTORED";

/// What a backup is taken of.
struct BackupSources {
  runtime::Storage& storage;
  std::string data_dir;
  /// Copies what else lies in folders of data_dir, such as sealed payees, to the backup's; may be
  /// empty.
  std::function<rules::model::Result<void>(const std::string& folder)> copy_more;
};

/// Copies what is durable in the storage, and the files beside it in data_dir, to `folder`, which
/// is made and must be empty if it is there. Returns once all of it is synced. What was written is
/// removed again when it fails. Errors: "backup_target" (not empty, not writable), those of
/// Storage::copy_to, "database_damaged" when the copy cannot be read.
rules::model::Result<BackupManifest> write_backup(const BackupSources& sources,
                                                  const std::string& folder,
                                                  BookCompiler compile_book,
                                                  rules::model::Instant now);

/// Reads every file of the backup against its manifest. Errors: "backup_damaged", naming the file;
/// "no_backup" when the folder has no manifest.
rules::model::Result<BackupManifest> check_backup(const std::string& folder);

/// Puts the backup's files into `data_dir`, which is made and must be empty if it is there, all
/// checked and synced, and kRestoredMark beside them; the database comes last, so that no server
/// can open a part of it. Errors: as check_backup, and "restore_target".
rules::model::Result<BackupManifest> restore_backup(const std::string& folder,
                                                    const std::string& data_dir,
                                                    BookCompiler compile_book);

}  // namespace lupaus::server::store
