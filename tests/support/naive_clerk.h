// What people and late events make of one final verdict and its money, told in the order of the
// journal: the rulings on reviews and late evidence (semantics 3, R29), written a second time.
#pragma once

#include <functional>

#include "tests/support/naive_model.h"

namespace lupaus::tests::naive {

class Clerk {
 public:
  using Claim = Judged::Claim;
  /// `claim` says what is claimed at the moment in which it is asked, once.
  Clerk(bool is_settled_at_breach, std::function<Claim()> claim)
      : is_at_breach_(is_settled_at_breach), claim_(std::move(claim)) {}

  /// The verdict is final, and perhaps the end of the clock.
  void confirm(rules::model::Verdict verdict, bool is_ended);
  /// The end is final; an excuse may have become one.
  void end(rules::model::Verdict verdict);
  /// A person decides. False: there was nothing to decide.
  bool decide(rules::model::Verdict verdict);
  /// An event came that would have changed something final.
  void doubt();

  bool is_final() const { return is_final_; }
  bool is_ended() const { return is_ended_; }
  bool is_charged() const { return is_charged_; }
  /// A person has to decide.
  bool is_waiting() const;
  /// What counts: never changed once it is final and decided.
  rules::model::Verdict verdict() const;
  rules::model::PaidState money() const { return money_; }

 private:
  void charge();

  bool is_at_breach_;
  std::function<Claim()> claim_;
  bool is_final_ = false, is_ended_ = false, is_charged_ = false;
  bool is_doubted_ = false;    ///< since the newest decision
  bool is_end_known_ = false;  ///< to whoever decided last
  bool has_sum_ = true;
  rules::model::Verdict confirmed_ = rules::model::Verdict::open;
  rules::model::Verdict decided_ = rules::model::Verdict::open;
  rules::model::PaidState money_ = rules::model::PaidState::none;
};

}  // namespace lupaus::tests::naive
