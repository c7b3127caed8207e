// The cells of the rollups in memory, and how a fact changes them. Single-threaded; does no I/O but
// through the lookup that it is given.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/fact.h"
#include "server/report/part_names.h"
#include "server/report/rollups.h"

namespace lupaus::server::report {

/// Where a commitment is counted. Days first, so that those of a period lie side by side.
struct CellKey {
  rules::model::LocalDate day;
  uint8_t hour = 0;
  uint32_t branch = 0, promise = 0, service = 0, segment = 0, source = 0;  ///< numbers in Names
  auto operator<=>(const CellKey&) const = default;
};

/// 1 is Monday.
uint8_t weekday_of(rules::model::LocalDate day);

/// What the same commitments are added up in, from fine to coarse. Only `full` has rows.
enum class Level : uint8_t {
  full,
  hours,        ///< without service, segment and source
  parts,        ///< without hour and source
  months,       ///< by month, weekday (in `day.day`), hour, branch and promise
  month_parts,  ///< by month, weekday (in `day.day`), and all else but the hour
  month_hours,  ///< by month, and all else but the weekday
};
inline constexpr size_t kLevels = 6;

/// One answer of a customer.
struct Answer {
  AnswerKind kind = AnswerKind::nps;
  int64_t score = 0;
};

/// A final breach, or a verdict that was left to a person: what later facts may change of it.
struct KeptCommitment {
  CellKey cell;
  rules::model::Verdict verdict = rules::model::Verdict::breached;
  rules::model::Duration counted{};
  bool is_ended = false;            ///< `counted` is final
  bool is_charged = false;          ///< its Owed was seen
  std::optional<AnswerGroup> paid;  ///< in time or not; nullopt: not paid
  std::vector<Answer> answers;
  RollupTotals part;  ///< what it has brought into its cell
};

/// A ticket of a book that knows feedback: each answer belongs to those of its commitments that had
/// begun when it was given, whichever of them becomes final first.
struct KeptTicket {
  struct Judged {
    rules::model::CommitmentKey key;
    CellKey cell;
    rules::model::Instant started_at{};
    bool is_kept = false;  ///< else look for the KeptCommitment
  };
  struct Given {
    Answer answer;
    rules::model::Instant at{};
  };
  std::vector<Judged> judged;
  std::vector<Given> given;
};
/// (branch, ticket).
using TicketName = std::pair<std::string, std::string>;

/// One compensation of it.
struct KeptPayment {
  rules::model::CommitmentKey key;
  rules::model::Money computed;
  std::optional<rules::model::Money> amount;
  int64_t owed_minor = 0;  ///< what it has brought into `owed` of its cell
  int64_t capped_minor = 0;
  rules::model::Instant breached_at{};
  std::optional<rules::model::LocalDate> due_on;
  /// Of its voucher. WHY: from then on the customer has it; when he redeems it is his own choice.
  std::optional<rules::model::Instant> issued_at;
  bool is_late = false;  ///< for a missed due day, not for the breach
  bool is_paid = false;
  bool was_paid = false;  ///< once at least, also under the number that it is owed again for
  bool is_declined = false;
};

class RollupCells {
 public:
  using Cells = std::map<CellKey, RollupTotals>;
  /// Reads what was written before and is not in memory.
  struct Lookup {
    std::function<std::optional<KeptCommitment>(const rules::model::CommitmentKey&)> commitment;
    std::function<std::optional<KeptPayment>(uint64_t number)> payment;
    std::function<std::optional<KeptTicket>(const TicketName&)> ticket;
  };
  void look_up_by(Lookup lookup) { lookup_ = std::move(lookup); }

  /// Facts come in the order of their positions; those at or before `position()` are skipped.
  void evolve(const rules::model::Fact& fact);

  rules::model::Position position() const { return position_; }
  const Cells& cells() const { return levels_[0]; }
  size_t cell_count() const;  ///< of all levels
  const Names& names() const { return names_; }
  /// Positions of the books; their zones are needed again after a restart.
  const std::vector<rules::model::Position>& books() const { return books_; }

  std::vector<RollupLine> summarize(std::span<const Dimension> by,
                                    const RollupFilter& filter) const;
  /// Error "too_many_lines" above its limit, before it has taken more memory than that many.
  rules::model::Result<std::vector<RollupLine>> summarize(const RollupQuestion& question) const;

  // ---- what changed since the last `clear_changes`, for the rows
  const std::set<CellKey>& changed_cells() const { return changed_cells_; }
  const std::map<rules::model::CommitmentKey, KeptCommitment>& commitments() const {
    return commitments_;
  }
  const std::map<uint64_t, KeptPayment>& payments() const { return payments_; }
  const std::set<rules::model::CommitmentKey>& changed_commitments() const {
    return changed_commitments_;
  }
  const std::set<uint64_t>& changed_payments() const { return changed_payments_; }
  const std::map<TicketName, KeptTicket>& tickets() const { return tickets_; }
  const std::set<TicketName>& changed_tickets() const { return changed_tickets_; }
  void clear_changes();
  /// What is written may leave memory: it is looked up again where a fact asks for it.
  void forget_written(size_t kept_max);

  // ---- from the rows, before the first `evolve`
  Names& names() { return names_; }
  void restore(const CellKey& key, const RollupTotals& totals);
  void restore(rules::model::Position position, std::vector<rules::model::Position> books);
  void restore_book(const rules::model::Published& published);

 private:
  CellKey place(const rules::model::Confirmed& confirmed);
  void count(const rules::model::Confirmed& confirmed);
  void end(const rules::model::Ended& ended);
  void change_verdict(const rules::model::CommitmentKey& key, rules::model::Verdict from,
                      rules::model::Verdict to, const std::string& reason);
  // ---- money: rollup_money.cc
  void add_sums(KeptCommitment& commitment, const MoneySums& sums);
  void add_money(const rules::model::Owed& owed);
  void repeat(uint64_t number, KeptPayment& again);
  void release(const rules::model::Released& released);
  /// `booked_on`: the day that a bank named.
  void pay(uint64_t number, rules::model::Instant at,
           const std::optional<rules::model::LocalDate>& booked_on = {});
  void take_back(uint64_t number);
  void decline(uint64_t number);
  void claim(const rules::model::Claimed& claimed);
  AnswerGroup paid_group(const KeptPayment& payment, rules::model::Instant at,
                         const std::optional<rules::model::LocalDate>& booked_on) const;
  void evolve_voucher(const rules::model::Fact& fact);
  void evolve_money(const rules::model::Fact& fact);

  void add(const CellKey& key, const RollupTotals& delta, int sign = 1);
  void add(KeptCommitment& commitment, const RollupTotals& delta);
  KeptCommitment* find(const rules::model::CommitmentKey& key);
  KeptPayment* find(uint64_t number);
  // ---- feedback: rollup_feedback.cc
  void take_answer(const rules::model::Observed& observed);
  void add_answer(const KeptTicket::Judged& judged, const Answer& answer);
  void join(const rules::model::Confirmed& confirmed, const CellKey& cell);
  void change_paid(KeptCommitment& commitment, std::optional<AnswerGroup> paid);
  KeptTicket* find(const TicketName& name);

  void number_revisions(const rules::model::Published& published);
  std::string excuse_of(const rules::model::CommitmentKey& key, int16_t excuse) const;

  Names names_;
  PartNames services_, segments_;
  std::array<Cells, kLevels> levels_;
  std::map<rules::model::CommitmentKey, KeptCommitment> commitments_;
  std::map<uint64_t, KeptPayment> payments_;
  std::map<TicketName, KeptTicket> tickets_;
  bool has_feedback_ = false;  ///< a book declares the event
  Lookup lookup_;
  std::map<std::string, rules::model::ZoneTable, std::less<>>
      zones_;  ///< by branch, of the newest book that has it
  /// Revisions of a promise as the engine numbers them, for the ids of their excuses: verdicts name
  /// those by number.
  struct Revisions {
    std::string digest;  ///< of the newest
    rules::model::Instant valid_from{};
    /// The last of all, whenever it was recorded: a retirement to come outlives newer revisions.
    rules::model::Instant retired_at = rules::model::kBeginningOfTime;
    std::vector<std::vector<std::string>> excuses;
  };
  std::map<std::string, Revisions, std::less<>> revisions_;
  std::vector<rules::model::Position> books_;
  rules::model::Position position_ = 0;
  std::set<CellKey> changed_cells_;
  std::set<rules::model::CommitmentKey> changed_commitments_;
  std::set<uint64_t> changed_payments_;
  std::set<TicketName> changed_tickets_;
};

/// What the answers of a commitment with that verdict bring into its cell.
RollupTotals feedback_figures(std::span<const Answer> answers, rules::model::Verdict verdict,
                              std::optional<AnswerGroup> paid);

/// Local day of an instant; UTC where the zone is null.
rules::model::LocalDate local_day(const rules::model::ZoneTable* zone,
                                  rules::model::Instant instant);

}  // namespace lupaus::server::report
