// The rows of a payout file as text cells, before any format's quoting. Every table format shows
// the same columns in the same order; they differ in punctuation alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/finance/batch_file.h"

namespace lupaus::server::finance {

/// Where the amount stands.
inline constexpr size_t kAmountColumn = 3;

/// Titles: those of the payout, then `name` and `iban` where a payee store is configured. `reason`,
/// which can still change after the batch, is in the two oldest formats alone.
std::vector<std::string_view> columns_of(const BatchFile& file, bool with_reason);

/// The cells of line `index`, in place. Amounts have a decimal point, instants are UTC with
/// milliseconds; a line without a payee has empty `name` and `iban`.
void fill_row(const BatchFile& file, bool with_reason, size_t index, std::vector<std::string>& row);

/// Appends `cell`, in quotes with its quotes doubled when it holds `separator`, a quote, CR or LF.
void append_quoted(std::string& out, std::string_view cell, char separator);

}  // namespace lupaus::server::finance
