// Folding of facts about claims, excuses and periods, and what is derived from compensations: which
// wait for a claim, and the habits of the breaker.
#include <algorithm>
#include <variant>

#include "rules/ledger/claims.h"
#include "rules/ledger/excuse.h"
#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

using model::PaidState;

bool is_known(const model::Fact& fact, model::Position position) {
  return fact.position != 0 && fact.position <= position;
}

/// What the breaker counts: money that goes out if nobody stops it.
bool is_counted(const Compensation& c) {
  if (c.late_of != 0 || c.reverses != 0) return false;
  return c.state != PaidState::recorded && c.state != PaidState::forfeited;
}

}  // namespace

void Ledger::index(const Compensation& compensation) {
  if (compensation.late_of != 0) {
    late_.insert(compensation.late_of);
    return;
  }
  // Of what is owed again, the last one counts, in whatever order rows come.
  uint64_t& number = by_commitment_[compensation.key];
  number = std::max(number, compensation.number);
  if (compensation.due_on) unwatched_.push_back(compensation.number);
  if (is_counted(compensation)) breaker_.count(compensation.key.branch, compensation.owed_at);
  if (compensation.claim_until) has_claims_ = true;
  await_lapse(compensation);
}

void Ledger::await_lapse(const Compensation& compensation) {
  if (compensation.state == PaidState::claimable && compensation.claim_until)
    lapsing_.insert({*compensation.claim_until + model::Duration(1), compensation.number});
}

/// Null when the row that it came from contains the fact already.
Compensation* Ledger::find_new(const model::Fact& fact, uint64_t number) {
  const auto found = compensations_.find(number);
  if (found == compensations_.end() || is_known(fact, found->second.position)) return nullptr;
  return &found->second;
}

Compensation* Ledger::open(const model::Fact& fact, uint64_t number) {
  Compensation* c = find_new(fact, number);
  if (c == nullptr) return nullptr;
  c->position = fact.position;
  c->changed_at = fact.at;
  return c;
}

void Ledger::fold(const model::Fact& fact, const model::Claimed& claimed) {
  Compensation* c = open(fact, claimed.number);
  if (c == nullptr) return;
  fold_claim(claimed, *c);
  if (fact.actor && fact.actor->kind == model::Actor::Kind::person)
    c->changed_by.push_back(fact.actor->id);
  if (c->due_on) unwatched_.push_back(c->number);
}

void Ledger::fold(const model::Fact& fact, const model::Excused& excused) {
  const auto number = by_commitment_.find(excused.key);
  Compensation* c = number == by_commitment_.end() ? nullptr : open(fact, number->second);
  if (c != nullptr) fold_excuse(excused, fact.actor ? fact.actor->id : "", *c);
}

void Ledger::fold(const model::Fact& fact, const model::PeriodClosed& closed) {
  Period& period = periods_[closed.month];
  if (is_known(fact, period.position)) return;
  period.position = fact.position;
  period.month = closed.month;
  period.closed_at = fact.at;
  if (fact.actor) period.closed_by = *fact.actor;
}

/// Of one that is let go while nobody has claimed it: it waits for that again. What a cap took
/// whole does not go out.
void Ledger::after_release(Compensation& compensation) {
  if (compensation.state == PaidState::recorded && compensation.late_of == 0)
    breaker_.uncount(compensation.key.branch, compensation.owed_at);
  if (compensation.state != PaidState::owed || !compensation.claim_until) return;
  compensation.state = PaidState::claimable;
  await_lapse(compensation);
}

std::vector<const Compensation*> Ledger::find_all(std::string_view branch,
                                                  std::string_view ticket) const {
  std::vector<const Compensation*> found;
  const model::CommitmentKey first{std::string(branch), std::string(ticket), "", 0, 0};
  for (auto at = by_commitment_.lower_bound(first);
       at != by_commitment_.end() && at->first.branch == branch && at->first.ticket == ticket; ++at)
    found.push_back(find(at->second));
  return found;
}

std::optional<Ledger::Watched> Ledger::take_lapsed(model::Instant now) {
  if (lapsing_.empty() || lapsing_.begin()->overdue_at > now) return std::nullopt;
  return lapsing_.extract(lapsing_.begin()).value();
}

void Ledger::restore(Period period) {
  std::string month = period.month;
  periods_[std::move(month)] = std::move(period);
}

}  // namespace lupaus::rules::ledger
