// Watches the facts as they become durable and remembers what nobody may contradict. It shares no
// code with the engine or the ledger; whatever does not hold is a complaint, and ends the run.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "rules/model/fact.h"
#include "tests/simulation/chance.h"
#include "tests/support/naive_model.h"

namespace lupaus::tests::simulation {

using rules::model::CommitmentKey;
using rules::model::Fact;
using rules::model::Position;

/// One commitment as the journal tells it.
struct Story {
  bool is_breached = false;   ///< provisionally, and not retracted since
  Position confirmed = 0;     ///< 0: not yet
  Position ended = 0;         ///< its end is final
  rules::model::Cycle cycle;  ///< as confirmed, then as ended
  uint64_t compensation = 0;  ///< number
  rules::model::Verdict decided = rules::model::Verdict::open;  ///< by a person, once
  bool is_doubted = false;      ///< late evidence came that nobody who decided has seen
  bool is_end_decided = false;  ///< whoever decided last knew the end
};

/// One compensation as the journal tells it.
struct Claim {
  CommitmentKey key;
  Position owed = 0;
  rules::model::Owed body;
  rules::model::PaidState state = rules::model::PaidState::none;
  uint32_t attempts = 0;
  std::optional<rules::model::Money> amount;  ///< as owed, then as released
  Instant owed_at{};
};

/// An event that the engine took, in the naive model's form, and where it stands.
struct Told {
  Position position = 0;
  naive::Event event;  ///< `at` is corrected
  Duration skew{0};    ///< its source said `event.at - skew`
};

class Witness {
 public:
  /// A durable batch, each position once and in order.
  void take(std::span<const Fact> facts);

  /// The terminal was told that everything up to here is durable.
  void heard_ack(const std::string& source, uint64_t epoch, uint64_t up_to);
  /// The terminal forgets this event, since it takes it to be durable.
  void forgotten(const std::string& source, uint64_t epoch, uint64_t sequence, uint32_t content);
  /// An attempt to pay reaches the bank.
  void heard_payment(uint64_t number, const rules::model::Money& amount);

  void complain(std::string what);
  const std::vector<std::string>& complaints() const { return complaints_; }

  Position last() const { return last_; }
  /// Of all facts so far, in their order.
  uint64_t chain() const { return chain_; }
  uint64_t event_count() const { return told_.size(); }
  uint64_t breach_count() const { return breach_count_; }
  uint64_t retracted_count() const { return retracted_count_; }
  uint64_t rejected_count() const { return rejected_count_; }
  uint64_t corrected_count() const { return corrected_count_; }
  uint64_t twin_count() const { return twin_count_; }
  uint64_t decided_count() const { return decided_count_; }
  uint64_t decided_again_count() const { return decided_again_count_; }
  const std::vector<Told>& told() const { return told_; }
  const std::map<CommitmentKey, Story>& stories() const { return stories_; }
  const std::map<uint64_t, Claim>& claims() const { return claims_; }
  /// The last sequence of the source's epoch in the log.
  uint64_t logged(const std::string& source, uint64_t epoch) const;
  /// What tells one event of a source from another.
  static uint32_t content_of(std::string_view ticket, std::string_view type, Instant occurred_at);

  /// One fact added to a chain; the journal read again must give the same one.
  static uint64_t chain_on(uint64_t chain, const Fact& fact);

 private:
  struct Cap {
    int64_t used_minor = 0;
    int64_t max_minor = 0;
  };
  void take_one(const Fact& fact);
  void count_sequence(const rules::model::Event& event, bool is_retry);
  void take(const Fact& fact, const rules::model::Observed& body);
  void take(const Fact& fact, const rules::model::Rejected& body);
  void take(const Fact& fact, const rules::model::Quarantined& body);
  void take(const Fact& fact, const rules::model::Breached& body);
  void take(const Fact& fact, const rules::model::Retracted& body);
  void take(const Fact& fact, const rules::model::Confirmed& body);
  void check_silence(const Fact& fact, const rules::model::Confirmed& body);
  void take(const Fact& fact, const rules::model::Ended& body);
  void take(const Fact& fact, const rules::model::Owed& body);
  void take(const Fact& fact, const rules::model::ReviewDecided& body);
  void take(const Fact& fact, const rules::model::LateEvidence& body);
  void take(const Fact& fact, const rules::model::Released& body);
  void take(const Fact& fact, const rules::model::Declined& body);
  void take(const Fact&, const rules::model::Published& body) { book_ = body.book; }
  void take(const Fact& fact, const rules::model::VoucherIssued& body);
  void take(const Fact& fact, const rules::model::Dispatched& body);
  void take(const Fact& fact, const rules::model::Paid& body);
  void take(const Fact& fact, const rules::model::Failed& body);
  template <typename Other>
  void take(const Fact&, const Other&) {}
  Claim* settle(uint64_t number, rules::model::PaidState state);

  Position last_ = 0;
  uint64_t chain_ = 0;
  std::vector<std::string> complaints_;
  /// By source and epoch: the contents in the order of their sequences.
  std::map<std::string, std::map<uint64_t, std::vector<uint32_t>>> sequences_;
  /// By source, epoch and sequence: contents that are kept beside the one in the log.
  std::map<std::tuple<std::string, uint64_t, uint64_t>, std::set<uint32_t>> twins_;
  std::vector<Told> told_;
  std::map<std::pair<std::string, std::string>, Instant> received_;  ///< last, by branch and ticket
  std::map<CommitmentKey, Story> stories_;
  std::map<uint64_t, Claim> claims_;
  std::set<std::string> vouchers_;
  std::map<uint64_t, int64_t> paid_minor_;  ///< what each attempt asked for
  uint64_t breach_count_ = 0, retracted_count_ = 0, rejected_count_ = 0, corrected_count_ = 0,
           twin_count_ = 0, decided_count_ = 0, decided_again_count_ = 0;
  rules::model::BookPtr book_;
};

}  // namespace lupaus::tests::simulation
