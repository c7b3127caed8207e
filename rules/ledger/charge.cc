// Caps: in the order written, each sees what the ones before left, and each is used up by the sum
// finally owed (R48).
#include <fmt/format.h>

#include <algorithm>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

using model::Cap;

std::string period(Cap::Scope scope, model::LocalDate date) {
  switch (scope) {
    case Cap::Scope::ticket:
      return "";
    case Cap::Scope::customer_day:
    case Cap::Scope::promise_day:
      return model::format_local_date(date);
    case Cap::Scope::customer_month:
    case Cap::Scope::promise_month:
      return fmt::format("{:04}-{:02}", date.year, date.month);
    case Cap::Scope::customer_year:
      return fmt::format("{:04}", date.year);
  }
  return "";
}

/// A ticket without a customer counts as a customer of its own.
std::string holder(Cap::Scope scope, const model::CommitmentKey& key, std::string_view customer) {
  switch (scope) {
    case Cap::Scope::promise_day:
    case Cap::Scope::promise_month:
      return "-";
    case Cap::Scope::ticket:
      return fmt::format("ticket {}/{}", key.branch, key.ticket);
    default:
      break;
  }
  return customer.empty() ? fmt::format("ticket {}/{}", key.branch, key.ticket)
                          : fmt::format("customer {}", customer);
}

int64_t room_in(const Cap& cap, const CapCounter* counter, int64_t wanted) {
  if (const auto* max = cap.max ? model::flat_sum(*cap.max) : nullptr) {
    const int64_t used = counter == nullptr ? 0 : counter->used_minor;
    return std::clamp<int64_t>(max->minor - used, 0, wanted);
  }
  if (!cap.max_times) return wanted;
  const uint32_t used = counter == nullptr ? 0 : counter->used_times;
  return used < static_cast<uint32_t>(*cap.max_times) ? wanted : 0;
}

std::string describe(const Cap& cap, size_t index) {
  const std::string max =
      cap.max ? model::format_amount(*cap.max) : fmt::format("{} times", *cap.max_times);
  return fmt::format("caps[{}] {} {}, {}:{}:{}", index, model::format_cap_scope(cap.scope), max,
                     cap.span.file, cap.span.line, cap.span.column);
}

}  // namespace

model::Owed charge(const Ledger& ledger, const model::Promise& promise,
                   const model::CommitmentKey& key, const model::Cycle& cycle,
                   std::string_view customer, model::LocalDate breached_on) {
  model::Owed owed;
  owed.key = key;
  owed.customer = customer;
  owed.breached_at = cycle.due_at.value_or(cycle.started_at);
  owed.state = model::PaidState::none;
  const Tariffed tariffed = tariff(promise, cycle);
  if (!tariffed.computed) return owed;
  const auto& compensation = *promise.compensation;
  owed.instrument = compensation.instrument;
  owed.computed = *tariffed.computed;
  owed.tier_clause = tariffed.clause;
  if (cycle.end == model::End::forfeit || cycle.end == model::End::expired_forfeit) {
    owed.state = model::PaidState::forfeited;
    owed.reason = "forfeited";
    return owed;
  }
  if (cycle.end == model::End::review || cycle.end == model::End::expired_review) {
    // R29, R48: computed, held for a person, and no cap used until it is released.
    owed.state = model::PaidState::held;
    owed.amount = owed.computed;
    owed.reason = "review";
    return owed;
  }
  int64_t left = owed.computed.minor;
  for (size_t i = 0; i < compensation.caps.size(); ++i) {
    const Cap& cap = compensation.caps[i];
    model::Owed::CapDraw draw;
    draw.cap = fmt::format("{}|{}|{}|{}", promise.name, model::format_cap_scope(cap.scope),
                           holder(cap.scope, key, customer), period(cap.scope, breached_on));
    draw.clause = describe(cap, i);
    const auto known = ledger.caps().find(draw.cap);
    const int64_t room =
        room_in(cap, known == ledger.caps().end() ? nullptr : &known->second, left);
    if (room < left && owed.reason.empty())
      owed.reason = fmt::format("cap {}", model::format_cap_scope(cap.scope));
    left = std::min(left, room);
    owed.draws.push_back(std::move(draw));
  }
  for (auto& draw : owed.draws) {
    draw.minor = left;
    draw.times = left > 0 ? 1 : 0;
  }
  owed.state = left > 0 ? model::PaidState::owed : model::PaidState::recorded;
  if (left > 0) owed.amount = model::Money{owed.computed.currency, left};
  return owed;
}

}  // namespace lupaus::rules::ledger
