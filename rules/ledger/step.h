// The whole rules side as one value: engine and ledger folded together, and `step`, the one door
// for commands.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "rules/engine/state.h"
#include "rules/ledger/bill.h"
#include "rules/ledger/breaker.h"
#include "rules/ledger/entities.h"

namespace lupaus::rules::ledger {

/// Compensations, caps and batches. Ordered containers: what is iterated is sorted.
class Ledger {
 public:
  Ledger() = default;
  Ledger(Ledger&&) = default;
  Ledger& operator=(Ledger&&) = default;
  void evolve(const model::Fact& fact);

  const Compensation* find(uint64_t number) const;
  const Compensation* find_voucher(std::string_view code) const;
  const PayoutBatch* find_batch(std::string_view id) const;
  const std::map<uint64_t, Compensation>& compensations() const { return compensations_; }
  const std::map<std::string, PayoutBatch, std::less<>>& batches() const { return batches_; }
  /// By key; made for the call.
  std::map<std::string_view, const CapCounter&> caps() const;
  /// Null: nothing of it is used.
  const CapCounter* find_cap(std::string_view key) const;
  uint64_t next_number() const { return next_number_; }
  /// No batch has a smaller one since the last restore; 0: there was none.
  uint64_t first_ordinal() const { return first_ordinal_; }
  /// A compensation exists for this commitment.
  bool is_charged(const model::CommitmentKey& key) const;
  /// What the breach of this commitment owes, without what is owed for paying late; null: nothing.
  const Compensation* find(const model::CommitmentKey& key) const;

  /// Of those that owe each other again: the first, whose day was promised …
  const Compensation& first_of(const Compensation& compensation) const;
  /// … and the last, which stands for the debt now.
  const Compensation& last_of(const Compensation& compensation) const;

  /// The batch in whose posting file it, or one of those that owe each other again, became an
  /// expense; "": none of them is one.
  std::string_view accrued_by(uint64_t number) const;

  /// Lines of the batch whose end the bank has yet to tell; derived.
  size_t open_line_count(std::string_view batch) const;

  // ---- payouts that are promised by a day, vouchers that expire, claims; derived, for
  // settle_overdue and the loop's alarm
  /// When the next promised day, the next voucher or the time of the next claim is over;
  /// kEndOfTime: never.
  model::Instant next_overdue() const;
  /// Compensations with a promised day that have come, or are owed anew, since the last call.
  std::vector<uint64_t> take_unwatched();
  void watch(uint64_t number, model::Instant overdue_at);
  struct Watched {
    model::Instant overdue_at{};
    uint64_t number = 0;
    auto operator<=>(const Watched&) const = default;
  };
  /// The oldest that is overdue at `now`; it is watched no more.
  std::optional<Watched> take_overdue(model::Instant now);
  /// The number of the oldest voucher that has expired at `now`; it is waited for no more.
  std::optional<uint64_t> take_expired(model::Instant now);
  /// A second compensation was recorded because this one came late.
  bool has_late(uint64_t number) const { return late_.contains(number); }
  /// That second one, or what is owed again for it; null: there is none.
  const Compensation* find_late(uint64_t number) const;

  // ---- claims, periods, the breaker
  /// Somebody has had to ask for something.
  bool has_claims() const { return has_claims_; }
  /// What the breaches of the ticket owe, ascending by (promise, cycle).
  std::vector<const Compensation*> find_all(std::string_view branch, std::string_view ticket) const;
  /// The oldest that could be claimed until some instant before `now`, or was claimed since; it is
  /// waited for no more.
  std::optional<Watched> take_lapsed(model::Instant now);
  /// Closed ones, by month.
  const std::map<std::string, Period, std::less<>>& periods() const { return periods_; }
  const Breaker& breaker() const { return breaker_; }
  const BreakerSettings& breaker_settings() const { return breaker_settings_; }
  void set_breaker(BreakerSettings settings) { breaker_settings_ = settings; }

  void restore(Compensation compensation);
  void restore(const CapCounter& counter);
  void restore(PayoutBatch batch);
  void restore(Period period);
  uint64_t hash() const;

 private:
  class Fold;
  enum class Direction : uint8_t { use, give_back };
  void add(const model::Fact& fact, const model::Owed& owed);
  void link(const model::Fact& fact, const model::Owed& owed);
  void draw(const model::Fact& fact, const std::vector<model::Owed::CapDraw>& draws,
            Direction direction);
  CapCounter& counter_of(std::string_view key);
  void index(const Compensation& compensation);
  const Compensation* not_given_up(const Compensation* last) const;
  void count_open(const Compensation& compensation, bool is_more);
  void await_lapse(const Compensation& compensation);
  void after_release(Compensation& compensation);
  Compensation* find_new(const model::Fact& fact, uint64_t number);
  Compensation* open(const model::Fact& fact, uint64_t number);
  void fold(const model::Fact& fact, const model::Claimed& claimed);
  void fold(const model::Fact& fact, const model::Excused& excused);
  void fold(const model::Fact& fact, const model::PeriodClosed& closed);

  std::map<uint64_t, Compensation> compensations_;
  /// Numbers of what a ticket's breaches owe, by the hash of branch and ticket; of those of one
  /// commitment the last counts. Found here alone, as the trees grow deep.
  absl::flat_hash_map<size_t, absl::InlinedVector<uint64_t, 1>> by_ticket_;
  std::map<std::string, uint64_t, std::less<>> vouchers_;
  std::map<std::string, PayoutBatch, std::less<>> batches_;
  std::deque<CapCounter> caps_;  ///< as they came; none is moved or taken away
  absl::flat_hash_map<std::string_view, CapCounter*> cap_index_;  ///< into caps_, by their keys
  uint64_t next_number_ = 1;
  uint64_t first_ordinal_ = 0;
  std::vector<uint64_t> unwatched_;
  std::set<Watched> watched_;
  std::map<uint64_t, uint64_t> late_;  ///< numbers of second ones, the last of each, by the first
  std::set<Watched> expiring_;         ///< vouchers, by when they expire
  std::map<std::string, size_t, std::less<>> open_lines_;
  std::set<Watched> lapsing_;  ///< claimable ones, and perhaps some that are no more
  bool has_claims_ = false;
  std::map<std::string, Period, std::less<>> periods_;
  Breaker breaker_;
  BreakerSettings breaker_settings_;
};

struct State {
  engine::State engine;
  Ledger ledger;
  model::Position next_position = 1;

  /// Folds one fact into both. Facts come in the order of their positions.
  void evolve(const model::Fact& fact);
  uint64_t hash() const;
};

/// What is used up of caps, in any order and without the compensations: for backtests.
class CapCounters {
 public:
  const CapCounter* find(const std::string& key) const {
    const auto found = counters_.find(key);
    return found == counters_.end() ? nullptr : &found->second;
  }
  /// As Ledger does when it folds the fact.
  void use(const model::Owed& owed);

 private:
  absl::flat_hash_map<std::string, CapCounter> counters_;
};

/// Applies the promise's caps in the order written to the bill, given what is used up. `number` and
/// `due_on` are left to the caller. State `none`: no tier was reached.
model::Owed charge(const Ledger& ledger, const Bill& bill);
model::Owed charge(const CapCounters& counters, const Bill& bill);

/// What caps leave now of one that has given its room back, by the counters that it used before:
/// its ticket may be archived.
void draw_again(const Ledger& ledger, const model::Promise& promise,
                const Compensation& compensation, model::Released& let_go);

/// Holds what is to be paid once its branch and hour have had too much of it (R97): then no cap is
/// used until it is let go.
void trip_breaker(const Ledger& ledger, model::Instant now, model::Owed& owed);

/// Decides one command alone (no follow-ups).
model::Result<void> decide(const State& state, const model::Command& command, model::Facts& facts);

/// Runs `command` to its end: decide, evolve, and the follow-ups (Judge, Charge) until nothing
/// follows. Facts get their positions and are appended to `facts`; the state has folded them. On an
/// error nothing was recorded.
model::Result<void> step(State& state, const model::Command& command, model::Facts& facts);

/// Decides what the watermarks have settled since the last call, of at most about `limit` tickets:
/// engine::State::has_decided_left says whether there are more. Once a batch is enough. While the
/// server's own clock is doubtful nothing is confirmed; what was settled meanwhile is decided by
/// the first calls after.
void settle_watermarks(State& state, model::Instant now, model::Facts& facts,
                       size_t limit = SIZE_MAX, bool is_clock_doubtful = false);

/// Records one compensation for each whose promised day of payout passed unpaid, where the promise
/// says `late` (R57), the end of each voucher that expired, and declines what nobody has claimed in
/// time; at most `limit` of each, oldest first. Once a batch is enough, and costs nothing
/// while none is due. Before the first call of a run, Ledger::next_overdue is not complete.
void settle_overdue(State& state, model::Instant now, size_t limit, model::Facts& facts);

}  // namespace lupaus::rules::ledger
