// The postings of a month as a file: all entries of all instruments, in the order of the journal,
// so that a month that is closed gives the same bytes for ever.
#pragma once

#include <span>
#include <string>

#include "rules/ledger/postings.h"
#include "rules/model/result.h"
#include "server/finance/settings.h"

namespace lupaus::server::finance {

/// One entry, and what only the promise knows of it.
struct PeriodEntry {
  rules::ledger::Posting posting;
  std::string nature;  ///< "damages" or "price_reduction"
};

/// CSV as for machines. Errors: `not_configured` (names the account), `bad_payment` (a nature that
/// the books do not know). Shows payouts by their ids, and nobody.
rules::model::Result<std::string> period_file(std::span<const PeriodEntry> entries,
                                              const PostingAccounts& accounts);

/// The same with roles in place of accounts: what closing a month freezes, by its SHA-256. Another
/// chart of accounts changes no month that is closed.
std::string period_content(std::span<const PeriodEntry> entries);

}  // namespace lupaus::server::finance
