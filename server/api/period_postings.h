// The postings of one month, drawn from the journal, and what closing it freezes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/finance/period_file.h"

namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

struct PeriodPostings {
  std::vector<finance::PeriodEntry> entries;  ///< in the order of the journal
  rules::model::Position through = 0;         ///< the last fact that was read for them
  bool is_closed = false;
  std::string sha256;  ///< of their content, whatever their accounts are called
};

/// Reads the whole journal on the caller's thread, never on the loop. `go_on` is asked now and
/// then; false ends it. Errors: `bad_month`, `cancelled`, `changed_file` (of a closed month: they
/// are not those that were closed), those of the storage.
rules::model::Result<PeriodPostings> read_postings(runtime::EngineLoop& loop,
                                                   const runtime::Storage& storage,
                                                   const std::string& month,
                                                   const std::function<bool()>& go_on);

}  // namespace lupaus::server::api
