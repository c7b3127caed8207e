#include "rules/ledger/postings.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "rules/ledger/periods.h"

namespace lupaus::rules::ledger {
namespace {

using model::LocalDate;
using model::Money;
using model::PaidState;

/// The compensation whose debt the fact may change; 0: none.
uint64_t number_of(const model::FactBody& body) {
  return std::visit(
      [](const auto& fact) -> uint64_t {
        using Body = std::decay_t<decltype(fact)>;
        constexpr bool kMovesMoney =
            std::is_same_v<Body, model::Owed> || std::is_same_v<Body, model::Released> ||
            std::is_same_v<Body, model::Declined> || std::is_same_v<Body, model::Claimed> ||
            std::is_same_v<Body, model::Paid> || std::is_same_v<Body, model::VoucherRedeemed> ||
            std::is_same_v<Body, model::Reversed>;
        if constexpr (kMovesMoney) {
          return fact.number;
        } else {
          return 0;
        }
      },
      body);
}

/// The day that the bank named, where the fact bears one.
std::optional<LocalDate> booked_on(const model::FactBody& body) {
  if (const auto* paid = std::get_if<model::Paid>(&body)) return paid->booked_on;
  if (const auto* reversed = std::get_if<model::Reversed>(&body)) return reversed->booked_on;
  return std::nullopt;
}

}  // namespace

ClosedMonths closed_months(const Ledger& ledger) {
  ClosedMonths closed;
  for (const auto& [month, period] : ledger.periods()) closed[month] = period.through;
  return closed;
}

const Period* closing_of(const Ledger& ledger, std::string_view month) {
  const auto found = ledger.periods().lower_bound(month);
  return found == ledger.periods().end() ? nullptr : &found->second;
}

PostingBook::Dated PostingBook::date(const model::Fact& fact,
                                     const std::optional<LocalDate>& booked) const {
  const LocalDate today = model::utc_date(fact.at);
  const LocalDate on = booked.value_or(today);
  std::string month = model::format_local_date(on).substr(0, 7);
  // The first month that was closed closed everything before it.
  const auto closing = closed_.lower_bound(month);
  const bool is_told_too_late = closing != closed_.end() && closing->second < fact.position;
  if (!is_told_too_late) return {on, std::move(month), ""};
  return {today, month_of(fact.at), std::move(month)};
}

Posting PostingBook::entry(Posting::Kind kind, const Compensation& c, const Money& amount,
                           const model::Fact& fact, const std::optional<LocalDate>& booked) const {
  Dated dated = date(fact, booked);
  return {fact.position,
          kind,
          c.number,
          c.reverses != 0 ? c.reverses : c.late_of,
          c.key,
          c.instrument,
          c.batch,
          amount,
          dated.on,
          std::move(dated.month),
          std::move(dated.corrects)};
}

/// WHY by the last one: what was refused, or came back, is a debt until nobody owes it again.
void PostingBook::accrue(const Compensation& touched, const model::Fact& fact,
                         std::vector<Posting>& postings) {
  const Compensation& last = ledger_.last_of(touched);
  const uint64_t first = ledger_.first_of(touched).number;
  const auto known = accrued_.find(first);
  std::optional<Money> before, after;
  if (known != accrued_.end()) before = known->second;
  switch (last.state) {
    case PaidState::held:  // nobody has decided: the books keep what they have
      return;
    case PaidState::none:
    case PaidState::recorded:
    case PaidState::forfeited:
    case PaidState::claimable:
    case PaidState::declined:
      break;
    default:
      after = last.amount;
  }
  if (before == after) return;
  if (before) postings.push_back(entry(Posting::Kind::reversal, last, *before, fact, {}));
  accrued_.erase(first);
  if (!after) return;
  postings.push_back(entry(Posting::Kind::accrual, last, *after, fact, {}));
  accrued_[first] = *after;
}

void PostingBook::take(const model::Fact& fact, std::vector<Posting>& postings) {
  const uint64_t number = number_of(fact.body);
  const Compensation* c = ledger_.find(number);
  const bool was_paid = c != nullptr && c->state == PaidState::paid;
  ledger_.evolve(fact);
  if (number == 0) return;
  c = ledger_.find(number);
  if (c == nullptr) return;
  accrue(*c, fact, postings);
  const bool is_paid = c->state == PaidState::paid;
  if (was_paid == is_paid || !c->amount) return;
  const auto kind = is_paid ? Posting::Kind::settlement : Posting::Kind::giving_back;
  postings.push_back(entry(kind, *c, *c->amount, fact, booked_on(fact.body)));
}

}  // namespace lupaus::rules::ledger
