// Backups, asked for by an operator.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rules/model/instant.h"
#include "rules/model/result.h"

namespace grpc {
class Service;
}

namespace lupaus::server::api {

/// What a backup holds.
struct BackupMade {
  rules::model::Instant made_at{};
  uint64_t last_position = 0;
  uint32_t journal_checksum = 0;
  uint64_t bytes = 0;
  uint32_t file_count = 0;
};

/// Takes a backup to an empty folder and returns when it is synced; only the composition knows the
/// storage. Called by one thread at a time.
using MakeBackup = std::function<rules::model::Result<BackupMade>(const std::string& folder)>;

/// lupaus.v1.BackupService. An authenticated caller needs the role operator.
class BackupService {
 public:
  explicit BackupService(MakeBackup make);
  ~BackupService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
