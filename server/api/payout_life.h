// The whole life of one compensation, read from the journal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/ledger/entities.h"
#include "server/runtime/storage.h"

namespace lupaus::server::api {

/// One fact of the life.
struct LifeStep {
  rules::model::Position position = 0;
  rules::model::Instant at{};
  rules::model::Actor actor;
  std::string step;  ///< "owed", "held", "approved", "voucher issued" …
  std::string text;  ///< why, or where to
};

/// Each fact about `compensation` up to its newest, ascending. Reads the journal from the instant
/// at which it became owed to its newest step, and nothing else. Errors: those of the storage.
rules::model::Result<std::vector<LifeStep>> read_life(
    const runtime::Storage& storage, const rules::ledger::Compensation& compensation);

}  // namespace lupaus::server::api
