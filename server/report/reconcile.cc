// Columns that add up, and an independent total beside them.
#include "server/report/reconcile.h"

#include "rules/model/instant.h"
#include "rules/model/promise.h"

namespace lupaus::server::report {
namespace {

using rules::ledger::Compensation;
using rules::ledger::PayoutBatch;
using rules::model::Currency;
using rules::model::Instant;
using rules::model::LocalDate;
using rules::model::PaidState;

std::string day_of(Instant at) {
  return rules::model::format_local_date(rules::model::utc_date(at));
}

/// No money was ever to be paid for it: the tariff, a forfeit or a cap left nothing.
bool is_never_owed(PaidState state) {
  return state == PaidState::none || state == PaidState::recorded || state == PaidState::forfeited;
}

}  // namespace

Standing standing_of(const Compensation& compensation, const PayoutBatch* batch) {
  switch (compensation.state) {
    case PaidState::owed:
      return rules::ledger::awaits_approval(compensation.state, compensation.reason)
                 ? Standing::held
                 : Standing::open;
    case PaidState::approved:
      // WHY: approved by hand it is on its way again; only a batch's approval is a column.
      return batch == nullptr || batch->state == PayoutBatch::State::draft ? Standing::open
                                                                           : Standing::approved;
    case PaidState::dispatched:
      return Standing::exported;
    case PaidState::paid:
      return Standing::paid;
    case PaidState::held:
      return Standing::held;
    case PaidState::claimable:
      return Standing::claimable;
    case PaidState::failed:
      return Standing::failed;
    case PaidState::reversed:
      return Standing::returned;
    case PaidState::declined:
    case PaidState::none:
    case PaidState::recorded:
    case PaidState::forfeited:
      break;
  }
  return Standing::declined;
}

bool ReconcileRange::has(Instant owed_at) const {
  if (!from && !to) return true;
  const std::string day = day_of(owed_at);
  return (!from || rules::model::format_local_date(*from) <= day) &&
         (!to || day <= rules::model::format_local_date(*to));
}

rules::model::MinorSum ReconcileSums::columns() const {
  rules::model::MinorSum sum;
  for (const auto& standing : standings) sum += standing;
  return sum;
}

void ReconcileSums::add(const ReconcileSums& other) {
  count += other.count;
  owed += other.owed;
  for (size_t i = 0; i < standings.size(); ++i) standings[i] += other.standings[i];
}

void LedgerTally::add(const Compensation& compensation, const PayoutBatch* batch) {
  if (!compensation.amount || is_never_owed(compensation.state)) return;
  if (!range_.has(compensation.owed_at)) return;
  ReconcileKey key;
  if (by_.is_by_day) key.day = day_of(compensation.owed_at);
  if (by_.is_by_promise) key.promise = compensation.key.promise;
  key.currency = compensation.amount->currency;
  ReconcileSums& sums = lines_[std::move(key)];
  ++sums.count;
  sums.owed += compensation.amount->minor;
  sums.standings[static_cast<size_t>(standing_of(compensation, batch))] +=
      compensation.amount->minor;
}

std::map<Currency, ReconcileSums> LedgerTally::totals() const {
  std::map<Currency, ReconcileSums> totals;
  for (const auto& [key, sums] : lines_) totals[key.currency].add(sums);
  return totals;
}

JournalTally::Entry* JournalTally::find(uint64_t number) {
  const auto found = entries_.find(number);
  return found == entries_.end() ? nullptr : &found->second;
}

void JournalTally::take(const rules::model::Fact& fact) {
  namespace model = rules::model;
  if (const auto* owed = std::get_if<model::Owed>(&fact.body)) {
    if (owed->number == 0 || !range_.has(fact.at)) return;
    // WHY: what is recorded now may be released later, and owe then.
    entries_[owed->number].amount = is_never_owed(owed->state) ? std::nullopt : owed->amount;
  } else if (const auto* released = std::get_if<model::Released>(&fact.body)) {
    if (Entry* entry = find(released->number))
      entry->amount = is_never_owed(released->state) ? std::nullopt : released->amount;
  } else if (const auto* paid = std::get_if<model::Paid>(&fact.body)) {
    if (Entry* entry = find(paid->number)) entry->is_paid = true;
  } else if (const auto* redeemed = std::get_if<model::VoucherRedeemed>(&fact.body)) {
    if (Entry* entry = find(redeemed->number)) entry->is_paid = true;
  } else if (const auto* reversed = std::get_if<model::Reversed>(&fact.body)) {
    if (Entry* entry = find(reversed->number)) entry->is_paid = false;
  }
}

std::map<Currency, JournalTally::Sums> JournalTally::totals() const {
  std::map<Currency, Sums> totals;
  for (const auto& [number, entry] : entries_) {
    if (!entry.amount) continue;
    Sums& sums = totals[entry.amount->currency];
    sums.owed += entry.amount->minor;
    if (entry.is_paid) sums.paid += entry.amount->minor;
  }
  return totals;
}

}  // namespace lupaus::server::report
