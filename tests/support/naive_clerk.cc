#include "tests/support/naive_clerk.h"

namespace lupaus::tests::naive {

using rules::model::PaidState;
using rules::model::Verdict;

void Clerk::confirm(Verdict verdict, bool is_ended) {
  is_final_ = true;
  is_ended_ = is_ended;
  confirmed_ = verdict;
  charge();
}

void Clerk::end(Verdict verdict) {
  is_ended_ = true;
  if (confirmed_ == Verdict::breached) confirmed_ = verdict;
  charge();
}

bool Clerk::is_waiting() const {
  const bool is_open = confirmed_ == Verdict::indeterminate && decided_ == Verdict::open;
  return is_final_ && (is_open || money_ == PaidState::held);
}

Verdict Clerk::verdict() const { return decided_ == Verdict::open ? confirmed_ : decided_; }

bool Clerk::decide(Verdict verdict) {
  if (!is_waiting()) return false;
  const bool is_paid = verdict == Verdict::breached;
  if (money_ == PaidState::held && is_paid && !has_sum_) return false;
  if (decided_ == Verdict::open) decided_ = verdict;
  is_doubted_ = false;
  is_end_known_ = is_ended_;
  if (money_ == PaidState::held) money_ = is_paid ? PaidState::owed : PaidState::declined;
  charge();
  return true;
}

void Clerk::doubt() {
  is_doubted_ = true;
  if (money_ == PaidState::owed) money_ = PaidState::held;
}

void Clerk::charge() {
  if (is_charged_ || verdict() != Verdict::breached || !(is_ended_ || is_at_breach_)) return;
  is_charged_ = true;
  switch (claim_()) {
    case Claim::none:
      break;
    case Claim::forfeited:
      money_ = PaidState::forfeited;
      break;
    case Claim::no_sum:
      has_sum_ = false;
      money_ = PaidState::held;
      break;
    case Claim::nothing:
    case Claim::behind:
      money_ = PaidState::recorded;
      break;
    case Claim::review:  // R29, unless whoever decided knew that nobody stopped it
      money_ = is_doubted_ || !is_end_known_ ? PaidState::held : PaidState::owed;
      break;
    case Claim::sum:
      money_ = is_doubted_ ? PaidState::held : PaidState::owed;
      break;
  }
}

}  // namespace lupaus::tests::naive
