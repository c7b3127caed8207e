// Caps: in the order written, each sees what the ones before left, and each is used up by the sum
// finally owed (R48).
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "rules/ledger/step.h"
#include "rules/model/text_writer.h"

namespace lupaus::rules::ledger {
namespace {

using model::Cap;

/// The year that `date` lies in, when years begin on the cap's own day (R94).
void put_year(const Cap& cap, model::LocalDate date, model::TextWriter& key) {
  const bool is_begun =
      std::tuple(date.month, date.day) >= std::tuple(cap.from_month, cap.from_day);
  const auto year = static_cast<int16_t>(is_begun ? date.year : date.year - 1);
  model::put_local_date({year, cap.from_month, cap.from_day}, key);
}

/// The first `size` letters of a date: its year, or its month.
void put_part(model::LocalDate date, size_t size, model::TextWriter& key) {
  model::TextWriter whole;
  model::put_local_date(date, whole);
  key.put(whole.view().substr(0, size));
}

void put_period(const Cap& cap, model::LocalDate date, model::TextWriter& key) {
  switch (cap.scope) {
    case Cap::Scope::ticket:
      return;
    case Cap::Scope::customer_day:
    case Cap::Scope::promise_day:
      return model::put_local_date(date, key);
    case Cap::Scope::customer_month:
    case Cap::Scope::promise_month:
      return put_part(date, 7, key);
    case Cap::Scope::customer_year:
      return cap.from_month == 1 && cap.from_day == 1 ? put_part(date, 4, key)
                                                      : put_year(cap, date, key);
  }
}

/// A ticket without a customer counts as a customer of its own.
void put_holder(Cap::Scope scope, const Bill& bill, model::TextWriter& key) {
  if (scope == Cap::Scope::promise_day || scope == Cap::Scope::promise_month) {
    key.put('-');
  } else if (scope == Cap::Scope::ticket || bill.customer.empty()) {
    key.put("ticket ");
    key.put(bill.key.branch);
    key.put('/');
    key.put(bill.key.ticket);
  } else {
    key.put("customer ");
    key.put(bill.customer);
  }
}

/// Per promise name over all revisions and branches (R49). Money of a promise that writes no sum of
/// its own is counted by currency.
std::string counter_key(const Bill& bill, const Cap& cap) {
  model::TextWriter key;
  key.put(bill.promise->name);
  key.put('|');
  key.put(model::format_cap_scope(cap.scope));
  key.put('|');
  put_holder(cap.scope, bill, key);
  key.put('|');
  put_period(cap, bill.breached_on, key);
  if (!bill.promise->compensation->currency && cap.max) {
    key.put('|');
    key.put(bill.tariffed.computed->currency.text());
  }
  return key.text();
}

int64_t room_in(const Cap& cap, std::optional<int64_t> maximum, const CapCounter* counter,
                int64_t wanted) {
  if (maximum) {
    const int64_t used = counter == nullptr ? 0 : counter->used_minor;
    return std::clamp<int64_t>(*maximum - used, 0, wanted);
  }
  if (!cap.max_times) return wanted;
  const uint32_t used = counter == nullptr ? 0 : counter->used_times;
  return used < static_cast<uint32_t>(*cap.max_times) ? wanted : 0;
}

/// What the cap leaves of `wanted` to a compensation that was charged before and is owed `first`.
int64_t room_again(const Ledger& ledger, const Cap& cap, const model::Owed::CapDraw& draw,
                   int64_t first, int64_t wanted) {
  const model::Money* flat = cap.max ? model::flat_sum(*cap.max) : nullptr;
  // WHY: not every draw says what a share came to; it is no more than what was left at first.
  if (cap.max && flat == nullptr && !draw.maximum_minor) return std::min(first, wanted);
  return room_in(cap, flat == nullptr ? draw.maximum_minor : std::optional(flat->minor),
                 ledger.find_cap(draw.cap), wanted);
}

/// What others had used of a cap that leaves less than was wanted.
void put_use(const Cap& cap, std::optional<int64_t> maximum, const CapCounter* counter,
             model::Currency currency, model::TextWriter& text) {
  const int64_t used = counter == nullptr ? 0 : counter->used_minor;
  const uint32_t used_times = counter == nullptr ? 0 : counter->used_times;
  if (maximum && used > 0) {
    text.put(" (");
    model::put_money({currency, used}, text);
    text.put(" used before, ");
    model::put_money({currency, std::max<int64_t>(*maximum - used, 0)}, text);
    text.put(" left)");
  } else if (cap.max_times && used_times > 0) {
    text.put(" (");
    text.put_decimal(used_times);
    text.put(used_times == 1 ? " time" : " times");
    text.put(" used before, none left)");
  }
}

std::string describe(const Cap& cap, size_t index, const Bill& bill, bool is_short,
                     const CapCounter* counter) {
  model::TextWriter text;
  text.put("caps[");
  text.put_decimal(index);
  text.put("] ");
  text.put(model::format_cap_scope(cap.scope));
  text.put(' ');
  if (cap.max) {
    model::put_amount(*cap.max, text);
  } else {
    text.put(std::to_string(*cap.max_times));
    text.put(*cap.max_times == 1 ? " time" : " times");
  }
  if (cap.max && model::flat_sum(*cap.max) == nullptr) {
    const auto maximum = bill.tariffed.cap_maxima[index];
    text.put(maximum ? " = " : ", which nobody sent");
    if (maximum) model::put_money({bill.tariffed.computed->currency, *maximum}, text);
  }
  if (is_short)
    put_use(cap, bill.tariffed.cap_maxima[index], counter, bill.tariffed.computed->currency, text);
  text.put(", ");
  text.put_place(cap.span);
  return text.text();
}

bool is_forfeited(model::End end) {
  return end == model::End::forfeit || end == model::End::expired_forfeit;
}
bool is_for_review(model::End end) {
  return end == model::End::review || end == model::End::expired_review;
}

void leave_unpaid(model::PaidState state, std::string_view reason, model::Owed& owed) {
  owed.state = state;
  owed.reason = reason;
  owed.amount.reset();
}

/// What the group, the tariff or the end of the clock decide before any cap; true when they do.
bool is_settled_before_caps(const Bill& bill, model::Owed& owed) {
  // WHY: what is settled at the breach does not depend on how the clock ends later (R54).
  const model::End end =
      bill.promise->compensation->is_settled_at_breach ? model::End::none : bill.cycle.end;
  if (is_forfeited(end)) {
    leave_unpaid(model::PaidState::forfeited, "forfeited", owed);
  } else if (!bill.tariffed.held.empty()) {
    leave_unpaid(model::PaidState::held, bill.tariffed.held, owed);
  } else if (!bill.tariffed.unpaid.empty()) {
    leave_unpaid(model::PaidState::recorded, bill.tariffed.unpaid, owed);
  } else if (!bill.behind.empty()) {
    leave_unpaid(model::PaidState::recorded, bill.behind, owed);
  } else if (!bill.is_released && (is_for_review(end) || bill.has_late_evidence)) {
    // R29, R48: computed, held for a person, and no cap used until it is released.
    owed.state = model::PaidState::held;
    owed.amount = owed.computed;
    owed.reason = bill.has_late_evidence ? kLateEvidence : "review";
  } else {
    return false;
  }
  return true;
}

/// R48: `record` pays what is left; `hold` keeps the whole and uses nothing up. Gives what is to be
/// paid.
template <typename FindCounter>
int64_t apply_caps(FindCounter find_counter, const Bill& bill, model::Owed& owed) {
  const auto& caps = bill.promise->compensation->caps;
  int64_t left = owed.computed.minor;
  bool is_held = false;
  owed.draws.reserve(caps.size());
  for (size_t i = 0; i < caps.size() && left > 0 && !is_held; ++i) {
    auto& draw = owed.draws.emplace_back();
    draw.cap = counter_key(bill, caps[i]);
    if (caps[i].max && model::flat_sum(*caps[i].max) == nullptr)
      draw.maximum_minor = bill.tariffed.cap_maxima[i];
    const CapCounter* counter = find_counter(draw.cap);
    const int64_t room = room_in(caps[i], bill.tariffed.cap_maxima[i], counter, left);
    if (bill.words == Words::told) draw.clause = describe(caps[i], i, bill, room < left, counter);
    if (room < left) {
      owed.reason.assign("cap ").append(model::format_cap_scope(caps[i].scope));
      is_held = caps[i].then == Cap::Then::hold && !bill.is_released;
      if (caps[i].then == Cap::Then::record) left = room;
    }
  }
  for (auto& draw : owed.draws) {
    draw.minor = is_held ? 0 : left;
    draw.times = !is_held && left > 0 ? 1 : 0;
  }
  if (left > 0) owed.amount = model::Money{owed.computed.currency, left};
  owed.state = is_held    ? model::PaidState::held
               : left > 0 ? model::PaidState::owed
                          : model::PaidState::recorded;
  return left;
}

template <typename FindCounter>
model::Owed charge_by(FindCounter find_counter, const Bill& bill) {
  model::Owed owed;
  owed.key = bill.key;
  owed.customer = bill.customer;
  owed.breached_at = bill.cycle.due_at.value_or(bill.cycle.started_at);
  owed.state = model::PaidState::none;
  const Tariffed& tariffed = bill.tariffed;
  const auto& terms = *bill.promise->compensation;
  const bool is_apology = terms.instrument == model::Instrument::apology;
  // WHY: without tiers an apology is owed for every breach, with them once one is reached.
  const bool is_told = is_apology && terms.tiers.empty();
  if (!tariffed.computed && tariffed.held.empty() && tariffed.unpaid.empty() && !is_told)
    return owed;
  owed.instrument = terms.instrument;
  owed.tier_clause = tariffed.clause;
  owed.computed.currency = terms.currency.value_or(model::Currency{});
  if (tariffed.computed) owed.computed = *tariffed.computed;
  if (is_settled_before_caps(bill, owed)) {
    if (is_apology) owed.amount.reset();
    return owed;
  }
  if (is_apology) {
    // No sum, so that neither caps nor `approval.over` can hold it.
    owed.state = model::PaidState::owed;
    return owed;
  }
  const int64_t left = apply_caps(find_counter, bill, owed);
  // R48: the sum after caps decides, and it has used them up while it waits.
  if (owed.state == model::PaidState::owed && terms.approval_over &&
      left > terms.approval_over->minor) {
    owed.reason = owed.reason.empty() ? std::string(kApproval)
                                      : fmt::format("{}, {}", kApproval, owed.reason);
  }
  return owed;
}

}  // namespace

bool awaits_approval(model::PaidState state, std::string_view reason) {
  return state == model::PaidState::owed && reason.starts_with(kApproval);
}

void trip_breaker(const Ledger& ledger, model::Instant now, model::Owed& owed) {
  if (owed.state != model::PaidState::owed ||
      !ledger.breaker().trips(owed.key.branch, now, ledger.breaker_settings()))
    return;
  owed.state = model::PaidState::held;
  owed.reason = kBreaker;
  for (auto& draw : owed.draws) {
    draw.minor = 0;
    draw.times = 0;
  }
}

void draw_again(const Ledger& ledger, const model::Promise& promise,
                const Compensation& compensation, model::Released& let_go) {
  const auto& caps = promise.compensation->caps;
  const int64_t first = compensation.amount ? compensation.amount->minor : 0;
  int64_t left = compensation.computed.minor;
  for (size_t i = 0; i < std::min(caps.size(), compensation.draws.size()); ++i) {
    const auto& draw = compensation.draws[i];
    const int64_t room = room_again(ledger, caps[i], draw, first, left);
    let_go.draws.push_back(draw);
    if (room >= left || caps[i].then != Cap::Then::record) continue;
    let_go.reason = fmt::format("cap {}", model::format_cap_scope(caps[i].scope));
    left = room;
  }
  for (auto& draw : let_go.draws) {
    draw.minor = left;
    draw.times = left > 0 ? 1 : 0;
  }
  let_go.amount.reset();
  if (left > 0) let_go.amount = model::Money{compensation.computed.currency, left};
  let_go.state = left > 0 ? model::PaidState::owed : model::PaidState::recorded;
}

model::Owed charge(const Ledger& ledger, const Bill& bill) {
  return charge_by([&](const std::string& key) { return ledger.find_cap(key); }, bill);
}

model::Owed charge(const CapCounters& counters, const Bill& bill) {
  return charge_by([&](const std::string& key) { return counters.find(key); }, bill);
}

}  // namespace lupaus::rules::ledger
