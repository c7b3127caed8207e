// The cells of the rollups in memory, and how a fact changes them. Single-threaded; does no I/O.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/fact.h"
#include "server/report/rollups.h"

namespace lupaus::server::report {

/// Numbers of names, in the order in which they came.
class Names {
 public:
  uint32_t number(std::string_view name);
  std::string_view name(uint32_t number) const { return names_[number]; }

 private:
  std::vector<std::string> names_;
  std::map<std::string, uint32_t, std::less<>> numbers_;
};

/// Where a commitment is counted.
struct CellKey {
  uint32_t branch = 0, promise = 0, service = 0;  ///< numbers in Names
  rules::model::LocalDate day;
  uint8_t hour = 0;
  auto operator<=>(const CellKey&) const = default;
};

class RollupCells {
 public:
  using Cells = std::map<CellKey, RollupTotals>;
  /// Final breaches whose money is still to come, and verdicts that a person may decide, with the
  /// cell they are counted in.
  using Awaiting = std::map<rules::model::CommitmentKey, CellKey>;

  /// Facts come in the order of their positions; those at or before `position()` are skipped.
  void evolve(const rules::model::Fact& fact);

  rules::model::Position position() const { return position_; }
  const Cells& cells() const { return cells_; }
  const Awaiting& awaiting() const { return awaiting_; }
  const Names& names() const { return names_; }
  /// Positions of the books; their zones are needed again after a restart.
  const std::vector<rules::model::Position>& books() const { return books_; }

  std::vector<RollupLine> summarize(std::span<const Dimension> by,
                                    const RollupFilter& filter) const;

  // ---- what changed since the last `clear_changes`, for the rows
  const std::set<CellKey>& changed_cells() const { return changed_cells_; }
  const std::set<rules::model::CommitmentKey>& changed_awaiting() const {
    return changed_awaiting_;
  }
  void clear_changes();

  // ---- from the rows, before the first `evolve`
  Names& names() { return names_; }
  void restore(const CellKey& key, RollupTotals totals);
  void restore_awaiting(rules::model::CommitmentKey commitment, const CellKey& key);
  void restore(rules::model::Position position, std::vector<rules::model::Position> books);
  void restore_book(const rules::model::Published& published);

 private:
  CellKey place(std::string_view branch, std::string_view promise, std::string_view service,
                rules::model::Instant started_at);
  void count(const rules::model::Confirmed& confirmed);
  void count(const rules::model::Excused& excused);
  void add_verdict(const CellKey& key, rules::model::Verdict verdict, int by);
  void recount(const rules::model::CommitmentKey& commitment, rules::model::Verdict counted,
               rules::model::Verdict verdict);
  void add_money(const rules::model::Owed& owed);
  void forget_ticket(const rules::model::Archived& archived);

  Names names_;
  Cells cells_;
  Awaiting awaiting_;
  std::map<std::string, rules::model::ZoneTable, std::less<>>
      zones_;  ///< by branch, of the newest book that has it
  std::vector<rules::model::Position> books_;
  rules::model::Position position_ = 0;
  std::set<CellKey> changed_cells_;
  std::set<rules::model::CommitmentKey> changed_awaiting_;
};

}  // namespace lupaus::server::report
