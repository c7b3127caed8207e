// Reads a whole database again and says whether it can be trusted: the chain of journal rows, and
// that replaying them gives every row beside them. For a database that no process has open; nothing
// in it is changed. Needs about twice the memory that a server on it needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/store/store.h"

namespace lupaus::server::store {

/// Something that is not as it was written.
struct Damage {
  std::string where;  ///< "table `caps`, key `p|customer/day|c-1|2026-01-05`"
  std::string what;   ///< a sentence
};

struct Verification {
  uint64_t rows = 0;        ///< of the journal, read and linked to the row before
  uint64_t facts = 0;       ///< in them
  uint64_t table_rows = 0;  ///< beside it, that replay gives the same
  rules::model::Position last_position = 0;
  rules::model::Position replay_from = 1;
  uint32_t journal_checksum = 0;  ///< of the last row, which stands for all
  uint64_t state_hash = 0;        ///< of what the facts give
  std::vector<Damage> damage;     ///< the first kDamageMax
  bool is_cut_short = false;      ///< there is more damage, or some was not looked for
};

/// More is not listed.
inline constexpr size_t kDamageMax = 20;

/// Of the database in the directory `path`. Damage is found, not an error; errors are those of
/// make_store that are none: "database_locked", "database_path", "database_version". Rollups are
/// only held to the checksums of their files: they are made again at any time.
rules::model::Result<Verification> verify(const std::string& path, StoreOptions options);

}  // namespace lupaus::server::store
