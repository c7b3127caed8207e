// Payout files: a recorded batch in, bytes out. Pure, so a repeated export gives the same file, and
// strict: lines that are not exactly those of the batch are refused rather than written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ledger/entities.h"
#include "rules/model/result.h"

namespace lupaus::server::finance {

/// What `render` knows, in the order in which people are told of it: "csv", "csv-excel".
std::vector<std::string_view> formats();

/// The file of `batch` in `format`; `lines` are its compensations, ascending by number.
/// Errors: `unknown_format` (lists what there is and what is not supported yet), `batch_mismatch`
/// (the lines are not those of the batch, have no amount, another currency, or do not add up to its
/// total).
rules::model::Result<std::string> render(std::string_view format,
                                         const rules::ledger::PayoutBatch& batch,
                                         std::span<const rules::ledger::Compensation> lines);

/// Hex SHA-256 over the batch's id, `until`, total and every line's id, commitment, customer,
/// amount and owed_at. What changes later (states, reasons, approvals, exports) is not in it, so
/// the hash that was approved can be checked for ever.
std::string content_hash(const rules::ledger::PayoutBatch& batch,
                         std::span<const rules::ledger::Compensation> lines);

/// "B-20260105-0001.csv": a name for the file; `format` must be known.
std::string file_name(std::string_view format, const rules::ledger::PayoutBatch& batch);

}  // namespace lupaus::server::finance
