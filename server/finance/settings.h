// What finance configures once (`finance:` of the server's file): who pays, how names are spelled
// towards the bank, and where payouts are posted.
#pragma once

#include <cstdint>
#include <string>

namespace lupaus::server::finance {

/// Which letters beyond the bank's basic Latin stay in names: `nordic` keeps å ä ö, as banks in
/// Finland and Sweden do; `sepa` writes a a o, which every bank takes.
enum class NameLetters : uint8_t { sepa, nordic };

/// Whose account pays.
struct Debtor {
  std::string name;
  std::string iban;  ///< in electronic form, without spaces
  std::string bic;   ///< "" where unknown: the bank knows its own
};

/// Codes of the chart of accounts, as the books write them. VAT codes by the promise's `nature`.
struct PostingAccounts {
  std::string expense;    ///< debited when a batch is drawn up …
  std::string liability;  ///< … against this, which settlement debits …
  std::string bank;       ///< … against this
  std::string vat_damages;
  std::string vat_price_reduction;
  std::string vouchers = {};  ///< credited in place of `bank` by redeemed vouchers; "": `bank`
};

struct FinanceSettings {
  Debtor debtor;
  NameLetters names = NameLetters::sepa;
  PostingAccounts accounts;
  /// IANA zone of the days that files name: of approval, of posting. Must be known.
  std::string zone = "Europe/Helsinki";
  /// Where the XLSX writer keeps its unlinked scratch files; "": the system's folder for them.
  std::string scratch_dir;
};

}  // namespace lupaus::server::finance
