// What was owed and what became of it, by day and promise: once from the ledger as it stands, once
// added up anew from the facts of the journal. The two know nothing of each other.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "rules/ledger/entities.h"
#include "rules/model/fact.h"

namespace lupaus::server::report {

/// Where a compensation stands for the books. Each is in one.
enum class Standing : uint8_t {
  open,       ///< on its way by itself, or in a draft
  held,       ///< kept back, or waiting for a person's approval
  claimable,  ///< the customer has to ask
  approved,   ///< in an approved batch
  exported,   ///< handed to a bank or channel
  paid,
  returned,  ///< sent back after it was paid
  failed,    ///< refused by bank or channel
  declined,  ///< will not be paid
};
inline constexpr size_t kStandings = 9;
/// `batch` is the one that it is in; null: none.
Standing standing_of(const rules::ledger::Compensation& compensation,
                     const rules::ledger::PayoutBatch* batch);

/// Days in UTC on which compensations became owed, both inclusive; nullopt: no bound.
struct ReconcileRange {
  std::optional<rules::model::LocalDate> from, to;
  bool has(rules::model::Instant owed_at) const;
};

struct ReconcileKey {
  std::string day;      ///< "2026-01-05" in UTC; "" when not asked for
  std::string promise;  ///< "" when not asked for
  rules::model::Currency currency;
  auto operator<=>(const ReconcileKey&) const = default;
};

/// Sums in minor units.
struct ReconcileSums {
  uint64_t count = 0;
  rules::model::MinorSum owed;  ///< added on its own, not from the columns
  std::array<rules::model::MinorSum, kStandings> standings{};

  rules::model::MinorSum column(Standing standing) const {
    return standings[static_cast<size_t>(standing)];
  }
  rules::model::MinorSum columns() const;
  void add(const ReconcileSums& other);
};

/// What lines are grouped by.
struct ReconcileGroups {
  bool is_by_day = false, is_by_promise = false;
};

/// The ledger's side. Compensations come in any order, each once.
class LedgerTally {
 public:
  LedgerTally(ReconcileRange range, ReconcileGroups by) : range_(range), by_(by) {}

  /// `batch` is the one that it is in; null: none. What tariff or caps left without money is not
  /// counted.
  void add(const rules::ledger::Compensation& compensation,
           const rules::ledger::PayoutBatch* batch);
  const std::map<ReconcileKey, ReconcileSums>& lines() const { return lines_; }
  std::map<rules::model::Currency, ReconcileSums> totals() const;

 private:
  ReconcileRange range_;
  ReconcileGroups by_;
  std::map<ReconcileKey, ReconcileSums> lines_;
};

/// The journal's side. Facts come in the order of their positions, from the first of the range on.
class JournalTally {
 public:
  explicit JournalTally(ReconcileRange range) : range_(range) {}

  void take(const rules::model::Fact& fact);
  struct Sums {
    rules::model::MinorSum owed;
    rules::model::MinorSum paid;  ///< and not sent back
  };
  std::map<rules::model::Currency, Sums> totals() const;

 private:
  struct Entry {
    std::optional<rules::model::Money> amount;
    bool is_paid = false;
  };
  Entry* find(uint64_t number);

  ReconcileRange range_;
  std::unordered_map<uint64_t, Entry> entries_;  ///< never iterated but to add up
};

}  // namespace lupaus::server::report
