#include "rules/ledger/excuse.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/ledger/days.h"
#include "rules/ledger/payouts.h"
#include "rules/ledger/periods.h"

namespace lupaus::rules::ledger {
namespace {

using model::Error;
using model::PaidState;
using model::Result;

Result<const model::Excuse*> find_excuse(const model::Promise& promise, const std::string& id) {
  std::string by_hand;
  for (const model::Excuse& excuse : promise.excuses) {
    if (excuse.approvers > 0) by_hand += (by_hand.empty() ? "" : ", ") + excuse.id;
    if (excuse.id != id) continue;
    if (excuse.approvers > 0) return &excuse;
    return Error{"bad_excuse",
                 fmt::format("expected an excuse that is left to people, but `{}` of the promise "
                             "`{}` excuses by its condition alone",
                             id, promise.name),
                 "",
                 {}};
  }
  return Error{
      "bad_excuse",
      fmt::format("expected an excuse of the promise `{}`, but `{}` is none", promise.name, id),
      by_hand.empty() ? std::string("it has none by hand")
                      : "by hand it can be excused as " + by_hand,
      {}};
}

/// As many of them are excused so already as may be.
bool is_share_used_up(const Ledger& ledger, const Compensation& c, const model::Excuse& excuse,
                      uint64_t& breaches, uint64_t& excused) {
  const auto [from, until] = bounds_of_month(c.owed_at);
  breaches = excused = 0;
  for (const auto& [number, other] : ledger.compensations()) {
    const bool is_breach = other.late_of == 0 && other.reverses == 0;
    if (!is_breach || other.owed_at < from || other.owed_at >= until ||
        other.key.promise != c.key.promise)
      continue;
    ++breaches;
    if (other.is_excused && other.excuse == excuse.id) ++excused;
  }
  return (excused + 1) * 1'000'000 > breaches * static_cast<uint64_t>(*excuse.max_share_ppm);
}

Result<void> check_share(const State& state, const Compensation& c, const model::Excuse& excuse) {
  uint64_t breaches = 0, excused = 0;
  if (!excuse.max_share_ppm || !is_share_used_up(state.ledger, c, excuse, breaches, excused))
    return {};
  return Error{
      "max_share",
      fmt::format("of the {} breaches of `{}` in {} {} may be excused as `{}`, and {} already are",
                  breaches, c.key.promise, month_of(c.owed_at),
                  model::format_percent(*excuse.max_share_ppm), excuse.id, excused),
      "the promise says so: `max_share`",
      {}};
}

/// By what reports group it, where its ticket is known.
void place(const engine::State& state, model::Excused& excused) {
  const auto slot = state.find_ticket(excused.key.branch, excused.key.ticket);
  if (!slot) return;
  const engine::Ticket& ticket = state.ticket(*slot);
  for (const auto& commitment : ticket.commitments) {
    if (state.key_of(ticket, commitment) != excused.key) continue;
    excused.started_at = commitment.cycle.started_at;
    std::vector<model::Attribute> captured;
    state.attributes_at(ticket, excused.started_at, captured);
    if (const auto* service = model::find_attribute(captured, "service"))
      excused.service = service->value;
  }
}

/// Not paid, and not on its way.
bool is_declinable(const Compensation& c) {
  if (!c.batch.empty() || (!c.voucher.empty() && !c.is_voucher_void)) return false;
  return c.state == PaidState::owed || c.state == PaidState::approved ||
         c.state == PaidState::held || c.state == PaidState::claimable ||
         (c.state == PaidState::failed && !is_outcome_unknown(c.state, c.reason));
}

}  // namespace

Result<std::vector<model::FactBody>> decide_excuse(const State& state,
                                                   const model::ExcuseBreach& command,
                                                   std::string_view who) {
  if (command.reason.empty()) {
    return Error{"bad_reason",
                 "expected a reason for the excuse, but it is empty",
                 "say why with `--reason TEXT`",
                 {}};
  }
  const Compensation* c = state.ledger.find(command.key);
  const model::Promise* promise = c == nullptr ? nullptr : promise_of(state.engine, c->key);
  if (promise == nullptr) {
    return Error{
        "not_found",
        fmt::format("nothing is owed for a breach of `{}`", model::format_commitment(command.key)),
        "list what is with `lupaus breaches list`",
        {}};
  }
  const auto excuse = find_excuse(*promise, command.excuse);
  if (!excuse) return excuse.error();
  if (c->is_excused) {
    return Error{
        "wrong_state",
        fmt::format("`{}` is excused already (`{}`)", model::format_commitment(c->key), c->excuse),
        "",
        {}};
  }
  const bool is_same = c->excuse == command.excuse;
  const size_t before = is_same ? c->excused_by.size() : 0;
  const bool has_said =
      is_same && std::any_of(c->excused_by.begin(), c->excused_by.end(),
                             [&](const auto& one) { return is_same_person(one, who); });
  if (has_said) {
    return Error{
        "four_eyes",
        fmt::format("`{}` has excused it already, {} of {}", who, before, (*excuse)->approvers),
        "let somebody else say so too",
        {}};
  }
  if (auto share = check_share(state, *c, **excuse); !share) return share.error();
  const bool is_complete = before + 1 >= static_cast<size_t>((*excuse)->approvers);
  std::vector<model::FactBody> facts;
  model::Excused excused{c->key, command.excuse, command.reason, is_complete, {}, {}};
  place(state.engine, excused);
  facts.emplace_back(std::move(excused));
  const auto end = [&](const Compensation& compensation) {
    std::vector<model::FactBody> ended = decline(state, compensation, "excused: " + command.excuse);
    std::move(ended.begin(), ended.end(), std::back_inserter(facts));
  };
  if (is_complete && is_declinable(*c)) end(*c);
  const Compensation* late = find_unpaid_late(state.ledger, *c);
  if (is_complete && late != nullptr) end(*late);
  return facts;
}

void fold_excuse(const model::Excused& excused, std::string_view who, Compensation& compensation) {
  if (compensation.excuse != excused.excuse) compensation.excused_by.clear();
  compensation.excuse = excused.excuse;
  compensation.excused_by.emplace_back(who);
  compensation.changed_by.emplace_back(who);
  compensation.is_excused = excused.is_complete;
}

}  // namespace lupaus::rules::ledger
