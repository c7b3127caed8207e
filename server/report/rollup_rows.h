// How the rollups lie in Table::rollups: one row a cell, one a commitment that later facts may
// change, one a compensation, and one with version, position and books. All change together, so
// that a reader finds one consistent moment.
#pragma once

#include <functional>
#include <vector>

#include "rules/model/result.h"
#include "server/report/rollup_cells.h"
#include "server/runtime/storage.h"

namespace lupaus::server::report {

/// The rows for what changed since the last `clear_changes`, the position's row among them.
std::vector<runtime::Row> changed_rows(const RollupCells& cells);

/// What the rows say; empty cells at position 0 when there are none or they are of another version
/// (then `stale` is filled with deletions of all rows, to be written before the first new one).
rules::model::Result<RollupCells> load_rows(const runtime::Storage& storage,
                                            std::vector<runtime::Row>& stale);

/// Finds rows of `cells` that are not in memory. Damage goes to `on_failure` and counts as absence.
RollupCells::Lookup lookup_in(const runtime::Storage& storage, RollupCells& cells,
                              std::function<void(const rules::model::Error&)> on_failure);

}  // namespace lupaus::server::report
