// The first start after a restore: what is given out from then on differs from what the lost server
// gave out.
#pragma once

#include <string>

#include "rules/model/result.h"
#include "server/runtime/engine_loop.h"
#include "server/wire/await.h"

namespace lupaus::server {

/// Made before the loop starts, so that the restore is the first thing that it decides: ahead even
/// of deadlines that passed meanwhile, from which money may follow. Does nothing where `data_dir`
/// has no mark of a restore.
class Restoration {
 public:
  Restoration(runtime::EngineLoop& loop, const std::string& data_dir);
  /// Waits, once the loop has started, until the fact is durable, and takes the mark away. WHY
  /// last: killed in between, the next start records another restore, which does no harm.
  rules::model::Result<void> finish();

 private:
  const std::string mark_;
  bool is_marked_ = false;
  wire::Await<rules::model::Result<rules::model::Facts>> answer_;
};

}  // namespace lupaus::server
