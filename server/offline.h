// What `lupausd` does on files alone, while no server runs on them: verify a database or a backup,
// restore a backup.
#pragma once

#include <string>
#include <vector>

namespace lupaus::server {

/// `lupausd verify --data-dir DIR [--json]`: a data_dir or a backup. Prints what it read and each
/// damage. Exit code 0: sound, 1: damaged, 2: usage, 4: there is no database, or a server has it.
int run_verify(const std::vector<std::string>& arguments);

/// `lupausd restore --from BACKUP --data-dir DIR`. Exit code 0: done, 1: the backup is damaged, 2:
/// usage, 4: no backup there, or the target is not empty.
int run_restore(const std::vector<std::string>& arguments);

}  // namespace lupaus::server
