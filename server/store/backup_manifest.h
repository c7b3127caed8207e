// What a backup says of itself: the file `BACKUP` in its folder, written last, so that a folder
// without one is no backup. Lines of text, the last of which is the checksum of those before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/fact.h"
#include "rules/model/instant.h"
#include "rules/model/result.h"

namespace lupaus::server::store {

inline constexpr std::string_view kManifestName = "BACKUP";

struct BackupFile {
  std::string path;  ///< below the folder, with `/`
  uint64_t bytes = 0;
  uint32_t checksum = 0;  ///< CRC-32C of all bytes
};

struct BackupManifest {
  rules::model::Instant made_at{};
  uint32_t storage_version = 0;
  rules::model::Position last_position = 0;  ///< of the last fact in it
  rules::model::Position replay_from = 1;
  uint32_t journal_checksum = 0;  ///< of its last journal row, which stands for all rows
  std::vector<BackupFile> files;  ///< ascending by path

  uint64_t bytes() const;  ///< of all files
};

std::string format_manifest(const BackupManifest& manifest);

/// Code "backup_damaged", with the line, when it is not what format_manifest wrote.
rules::model::Result<BackupManifest> parse_manifest(std::string_view text);

}  // namespace lupaus::server::store
