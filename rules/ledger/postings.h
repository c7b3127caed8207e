// What the books book, drawn from facts alone: a debt becomes an expense when it is owed, is taken
// back when it is declined, and is settled when it is paid, by whatever instrument. The facts up to
// the closing of a month say all of its entries; what is told later is booked in an open one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// One entry. Dates are those of UTC, as months are.
struct Posting {
  enum class Kind : uint8_t {
    accrual,     ///< expense against liability
    reversal,    ///< … the other way round: it is owed no more, or another sum is
    settlement,  ///< liability against the account that paid
    giving_back  ///< … the other way round: the bank sent it back
  };
  model::Position position = 0;  ///< of the fact; of one fact a reversal comes before an accrual
  Kind kind = Kind::accrual;
  uint64_t number = 0;     ///< of the compensation
  uint64_t refers_to = 0;  ///< the one that it owes again, or comes late for; 0: none
  model::CommitmentKey key;
  model::Instrument instrument = model::Instrument::voucher;
  std::string batch;
  model::Money amount;
  model::LocalDate on;
  std::string month;     ///< "2026-02": in which the books have it
  std::string corrects;  ///< "2026-01": where it belongs, but was closed when it was told; or ""
};

/// By month, the last fact that its postings may contain.
using ClosedMonths = std::map<std::string, model::Position, std::less<>>;
ClosedMonths closed_months(const Ledger& ledger);

/// The closing that froze `month`: its own, or the first one that came after it. Null: it is open.
const Period* closing_of(const Ledger& ledger, std::string_view month);

/// Folds the facts of a journal, from its first, into entries. Owned by whoever reads; one thread.
class PostingBook {
 public:
  explicit PostingBook(ClosedMonths closed) : closed_(std::move(closed)) {}

  /// Appends what the fact books.
  void take(const model::Fact& fact, std::vector<Posting>& postings);

 private:
  struct Dated {
    model::LocalDate on;
    std::string month, corrects;
  };
  Dated date(const model::Fact& fact, const std::optional<model::LocalDate>& booked_on) const;
  Posting entry(Posting::Kind kind, const Compensation& compensation, const model::Money& amount,
                const model::Fact& fact, const std::optional<model::LocalDate>& booked_on) const;
  void accrue(const Compensation& touched, const model::Fact& fact, std::vector<Posting>& postings);

  const ClosedMonths closed_;
  Ledger ledger_;
  /// What the books have as an expense, by the first of those that owe each other again.
  absl::flat_hash_map<uint64_t, model::Money> accrued_;
};

}  // namespace lupaus::rules::ledger
