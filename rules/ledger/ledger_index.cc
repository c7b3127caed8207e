// Folding of facts about claims, excuses and periods, and what is derived from compensations: which
// wait for a claim, and the habits of the breaker.
#include <algorithm>
#include <tuple>
#include <variant>

#include "absl/hash/hash.h"
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

size_t ticket_hash(std::string_view branch, std::string_view ticket) {
  return absl::HashOf(branch, ticket);
}

}  // namespace

CapCounter& Ledger::counter_of(std::string_view key) {
  const auto add = [&](const auto& construct) {
    CapCounter& made = caps_.emplace_back();
    made.key = key;
    construct(std::string_view(made.key), &made);
  };
  return *cap_index_.lazy_emplace(key, add)->second;
}

std::map<std::string_view, const CapCounter&> Ledger::caps() const {
  std::map<std::string_view, const CapCounter&> all;
  for (const CapCounter& counter : caps_) all.emplace(counter.key, counter);
  return all;
}

const CapCounter* Ledger::find_cap(std::string_view key) const {
  const auto known = cap_index_.find(key);
  return known == cap_index_.end() ? nullptr : known->second;
}

bool Ledger::is_charged(const model::CommitmentKey& key) const { return find(key) != nullptr; }

const Compensation* Ledger::find(const model::CommitmentKey& key) const {
  const auto numbers = by_ticket_.find(ticket_hash(key.branch, key.ticket));
  if (numbers == by_ticket_.end()) return nullptr;
  const Compensation* last = nullptr;
  for (const uint64_t number : numbers->second) {
    const Compensation* c = find(number);
    const bool is_later = last == nullptr || last->number < number;
    if (c != nullptr && c->key == key && is_later) last = c;
  }
  return not_given_up(last);
}

/// What was owed again is given up once the one before it turns out to be paid, which stands again.
const Compensation* Ledger::not_given_up(const Compensation* last) const {
  while (last != nullptr) {
    const Compensation* before = find(last->reverses);
    if (before == nullptr || before->reversed_by == last->number) break;
    last = before;
  }
  return last;
}

const Compensation& Ledger::first_of(const Compensation& compensation) const {
  const Compensation* first = &compensation;
  while (const Compensation* before = find(first->reverses)) first = before;
  return *first;
}

const Compensation& Ledger::last_of(const Compensation& compensation) const {
  const Compensation* last = &compensation;
  while (const Compensation* after = find(last->reversed_by)) last = after;
  return *last;
}

const Compensation* Ledger::find_late(uint64_t number) const {
  const auto found = late_.find(number);
  return found == late_.end() ? nullptr : not_given_up(find(found->second));
}

void Ledger::index(const Compensation& compensation) {
  if (compensation.late_of != 0) {
    uint64_t& last = late_[compensation.late_of];
    last = std::max(last, compensation.number);
    return;
  }
  auto& numbers = by_ticket_[ticket_hash(compensation.key.branch, compensation.key.ticket)];
  if (std::find(numbers.begin(), numbers.end(), compensation.number) == numbers.end())
    numbers.push_back(compensation.number);
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
  if (c->claim_until) lapsing_.erase({*c->claim_until + model::Duration(1), c->number});
  fold_claim(claimed, *c);
  if (fact.actor && fact.actor->kind == model::Actor::Kind::person)
    c->changed_by.push_back(fact.actor->id);
  if (c->due_on) unwatched_.push_back(c->number);
}

void Ledger::fold(const model::Fact& fact, const model::Excused& excused) {
  const Compensation* owed = find(excused.key);
  Compensation* c = owed == nullptr ? nullptr : find_new(fact, owed->number);
  if (c == nullptr) return;
  c->position = fact.position;  // its state, and when that changed, stay
  fold_excuse(excused, fact.actor ? fact.actor->id : "", *c);
}

void Ledger::fold(const model::Fact& fact, const model::PeriodClosed& closed) {
  Period& period = periods_[closed.month];
  if (is_known(fact, period.position)) return;
  period.position = fact.position;
  period.month = closed.month;
  period.closed_at = fact.at;
  if (fact.actor) period.closed_by = *fact.actor;
  period.through = closed.through != 0 ? closed.through : fact.position;
  period.postings_sha256 = closed.postings_sha256;
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
  const auto numbers = by_ticket_.find(ticket_hash(branch, ticket));
  if (numbers == by_ticket_.end()) return found;
  for (const uint64_t number : numbers->second) {
    const Compensation* c = find(number);
    if (c != nullptr && c->key.branch == branch && c->key.ticket == ticket) found.push_back(c);
  }
  const auto is_before = [](const Compensation* left, const Compensation* right) {
    return std::tie(left->key, right->number) < std::tie(right->key, left->number);
  };
  std::sort(found.begin(), found.end(), is_before);
  const auto is_same = [](const Compensation* left, const Compensation* right) {
    return left->key == right->key;
  };
  found.erase(std::unique(found.begin(), found.end(), is_same), found.end());  // the first stays
  return found;
}

std::optional<Ledger::Watched> Ledger::take_lapsed(model::Instant now) {
  if (lapsing_.empty() || lapsing_.begin()->overdue_at > now) return std::nullopt;
  return lapsing_.extract(lapsing_.begin()).value();
}

void Ledger::restore(Period period) {
  if (period.through == 0) period.through = period.position;  // of a row from before it was kept
  std::string month = period.month;
  periods_[std::move(month)] = std::move(period);
}

}  // namespace lupaus::rules::ledger
