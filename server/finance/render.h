// Payout files: a recorded batch in, bytes out. Pure, so a repeated export gives the same file, and
// strict: everything is checked before the first byte is written, and lines that are not exactly
// those of the batch are refused.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ledger/entities.h"
#include "rules/model/result.h"
#include "server/finance/settings.h"
#include "server/payees/payee.h"

namespace lupaus::server::finance {

/// Takes the file in pieces of at most some 100 KB, in order; called only when nothing can be
/// refused any more.
using Sink = std::function<void(std::string_view)>;

/// Who is behind a customer key; nullopt: no payee is known. Asked once a line.
using FindPayee = std::function<std::optional<payees::Payee>(std::string_view customer)>;

/// An instant that the books know, and the month ("2026-02") in which they have it; "": its own
/// local month. The month differs where that one was closed already.
struct Booked {
  rules::model::Instant at{};  ///< when it was recorded: the order of the file
  std::string period;
  /// The day that the bank named; nullopt: the local one of `at`.
  std::optional<rules::model::LocalDate> on = {};
};

/// What only the posting file needs to know of a line. A file that is drawn again later may know
/// more of `paid` and `returned`, never anything else.
struct LineDetail {
  std::string nature;              ///< of its promise: "damages" or "price_reduction"
  std::string refers_to;           ///< "C-1-7": the payout that it corrects or pays again; or ""
  std::string period;              ///< month of its accrual; "": the local month of the batch
  bool is_accrued = false;         ///< another file had the expense: none again
  std::optional<Booked> paid;      ///< the bank confirmed it
  std::optional<Booked> returned;  ///< … and sent it back
  std::optional<Booked> released;  ///< its debt was declined: the expense is taken back
};
using FindDetail = std::function<LineDetail(const rules::ledger::Compensation&)>;

/// One file to be drawn. Refers to batch and lines, which outlive the call.
struct FileRequest {
  const rules::ledger::PayoutBatch& batch;
  std::span<const rules::ledger::Compensation> lines;  ///< those of the batch, ascending by number
  FinanceSettings settings = {};
  FindPayee find_payee = {};    ///< empty: no payee store is configured
  FindDetail find_detail = {};  ///< empty: nobody knows natures, and there is no posting file
  /// When a payment file was first made; Instant{}: at the approval. Never before it.
  rules::model::Instant made_at = {};
};

/// The form that banks take.
inline constexpr std::string_view kPaymentFormat = "pain.001.001.09";

/// What `render` knows, in the order in which people are told of it: "csv", "csv-excel", "xlsx",
/// "json", "pain.001.001.09", "posting".
std::vector<std::string_view> formats();

/// Writes the file of a batch in `format`. Errors, none of which shows a name or an IBAN, and none
/// after the first byte: `unknown_format` (lists what there is), `batch_mismatch` (the lines are
/// not those of the batch, have no amount, another currency, or do not add up to its total),
/// `not_configured` (debtor, accounts, payees), `wrong_state` (a payment file of a batch that
/// nobody approved), `no_payee` and `bad_payment` (name the payouts that cannot be paid so),
/// `storage` (the XLSX writer has no room for its scratch files).
rules::model::Result<void> render(std::string_view format, const FileRequest& request,
                                  const Sink& sink);

/// The same as one string.
rules::model::Result<std::string> render(std::string_view format, const FileRequest& request);

/// Hex SHA-256 over the batch's id, `until`, total and every line's id, commitment, customer,
/// amount and owed_at. What changes later (states, reasons, approvals, exports) is not in it, so
/// the hash that was approved can be checked for ever.
std::string content_hash(const rules::ledger::PayoutBatch& batch,
                         std::span<const rules::ledger::Compensation> lines);

/// "B-20260105-0001.csv": a name for the file; `format` must be known.
std::string file_name(std::string_view format, const rules::ledger::PayoutBatch& batch);

}  // namespace lupaus::server::finance
