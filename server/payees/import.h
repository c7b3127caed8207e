// A list of payees from finance on its way into the vault: each row is checked and sealed as it
// comes, and all of them are kept at the end, or none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/model/result.h"
#include "server/payees/payees.h"

namespace lupaus::server::payees {

/// A row as its writer wrote it.
struct RowText {
  uint32_t line = 0;
  std::string_view customer, name, iban, language;
};

/// What is wrong with a row, without what is in it.
struct BadRow {
  uint32_t line = 0;
  std::string_view field;  ///< "customer", "name", "iban", "language"
  std::string what;        ///< "expected X, but Y"
  std::string hint;
};

/// The payee of a row, blanks around the fields taken off, or what is wrong with it.
struct CheckedRow {
  Payee payee;  ///< wiped by the caller
  std::vector<BadRow> wrong;
};
CheckedRow check_row(const RowText& row);

/// Says what else is wrong with a payee whose fields are right: whether a bank can pay it.
using CheckPayee = std::function<void(const Payee&, uint32_t line, std::vector<BadRow>& wrong)>;

struct ImportChoice {
  bool does_skip_bad = false;  ///< keep the good rows though others are bad
  bool is_check_only = false;  ///< keep nothing
};

struct ImportSummary {
  bool is_kept = false;
  uint64_t added = 0, changed = 0, unchanged = 0;
  uint64_t bad = 0;           ///< rows
  std::vector<BadRow> wrong;  ///< ascending by line, of at most kToldMax faults
  /// Above it the first faults say enough, and the answer stays below 4 MiB.
  static constexpr size_t kToldMax = 1000;
};

/// One list. Used by one thread; `payees` outlives it.
class PayeeImport {
 public:
  explicit PayeeImport(Payees& payees, CheckPayee check = {})
      : payees_(payees), check_(std::move(check)) {}

  /// Errors: "too_many_rows" above kRowsMax.
  rules::model::Result<void> add(const RowText& row);
  /// Keeps what is to be kept; durable when it returns. Errors: those of Payees::keep.
  rules::model::Result<ImportSummary> finish(const ImportChoice& choice);

  /// Sealed rows wait in memory, about 400 bytes each: above it, 200 MB.
  static constexpr size_t kRowsMax = 500'000;

 private:
  struct Waiting {
    SealedPayee sealed;
    Novelty novelty = Novelty::added;
    uint32_t line = 0;
  };
  void tell(BadRow row);

  Payees& payees_;
  const CheckPayee check_;
  size_t row_count_ = 0;
  std::map<std::string, Waiting> waiting_;  ///< by row key
  std::map<std::string, uint32_t> twice_;   ///< customers on several lines, with the first
  std::multimap<uint32_t, BadRow> wrong_;
  uint64_t bad_count_ = 0;
};

}  // namespace lupaus::server::payees
