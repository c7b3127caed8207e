// What every format's writer is given: the request with its lines already checked, and who is paid.
// Inside of server/finance only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ledger/entities.h"
#include "rules/model/result.h"
#include "server/finance/render.h"

namespace lupaus::server::finance {

/// The partition whose numbers make payout ids; one partition a process.
inline constexpr uint32_t kPartition = 1;

struct BatchFile {
  const FileRequest& request;
  /// By line; empty when the format shows none or no payee store is configured.
  std::vector<std::optional<payees::Payee>> payees;

  bool has_payees() const { return static_cast<bool>(request.find_payee); }
};

/// Whether each account is there that postings need.
rules::model::Result<void> check_accounts(const PostingAccounts& accounts);

/// "C-1-42".
std::string payout_id(const rules::ledger::Compensation& line);

/// "2026-01-05": the date of `at` where finance is.
rules::model::LocalDate local_date(const FinanceSettings& settings, rules::model::Instant at);

/// Text on its way to the sink, in pieces: a writer appends to `text` and calls `pass_on` after
/// each line.
class Output {
 public:
  explicit Output(const Sink& sink) : sink_(sink) {}
  std::string text;
  void pass_on() {
    if (text.size() >= kPieceBytes) finish();
  }
  void finish() {
    if (!text.empty()) sink_(text);
    text.clear();
  }

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;
  const Sink& sink_;
};

/// One a format. They refuse before they write.
rules::model::Result<void> write_csv(const BatchFile& file, const Sink& sink);
rules::model::Result<void> write_csv_excel(const BatchFile& file, const Sink& sink);
rules::model::Result<void> write_xlsx(const BatchFile& file, const Sink& sink);
rules::model::Result<void> write_json(const BatchFile& file, const Sink& sink);
rules::model::Result<void> write_pain001(const BatchFile& file, const Sink& sink);
rules::model::Result<void> write_posting(const BatchFile& file, const Sink& sink);

}  // namespace lupaus::server::finance
