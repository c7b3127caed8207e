// The rows of a payout file as text cells, before any format's quoting. Every table format shows
// the same columns in the same order; they differ in punctuation alone.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ledger/entities.h"

namespace lupaus::server::finance {

inline constexpr std::array<std::string_view, 12> kColumns = {
    "batch",    "payout", "customer", "amount", "currency", "promise",
    "revision", "branch", "ticket",   "cycle",  "owed_at",  "reason"};
inline constexpr size_t kAmountColumn = 3;

using TableRow = std::array<std::string, kColumns.size()>;

/// One row a line, in the order given. Amounts have a decimal point, instants are UTC with
/// milliseconds.
std::vector<TableRow> make_table(const rules::ledger::PayoutBatch& batch,
                                 std::span<const rules::ledger::Compensation> lines);

/// For machines: comma, decimal point, LF, no byte order mark; RFC 4180 quoting where a cell needs
/// it.
std::string write_csv(std::span<const TableRow> rows);

/// For Excel where the decimal is a comma: `;`, decimal comma, UTF-8 byte order mark, CRLF. A text
/// cell that Excel would run as a formula gets an apostrophe in front.
std::string write_csv_excel(std::span<const TableRow> rows);

/// Appends `cell`, in quotes with its quotes doubled when it holds `separator`, a quote, CR or LF.
void append_quoted(std::string& out, std::string_view cell, char separator);

/// The partition whose numbers make payout ids; one partition a process.
inline constexpr uint32_t kPartition = 1;

}  // namespace lupaus::server::finance
