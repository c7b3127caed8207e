// Which step may follow which: nothing that may have left is stopped, changed or owed again before
// it is known what became of it.
#include "rules/ledger/payouts.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/ledger/bill.h"
#include "rules/ledger/payout_error.h"

namespace lupaus::rules::ledger {
namespace {

using model::Error;
using model::PaidState;
using model::Result;
using Bodies = std::vector<model::FactBody>;

Error no_reason(std::string_view of) {
  return Error{"bad_reason",
               fmt::format("expected a reason for {}, but it is empty", of),
               "say why with `--reason TEXT`",
               {}};
}

/// Of what was perhaps paid.
constexpr const char* kAskReceiver =
    "ask the receiver whether it paid, then `confirm` that it did, `release` it to pay it again, "
    "or `decline` it";

bool is_undecided(const Compensation& c) {
  return c.reversed_by == 0 && is_outcome_unknown(c.state, c.reason);
}

bool has_voucher_out(const Compensation& c) { return !c.voucher.empty() && !c.is_voucher_void; }

/// The commitment of a compensation while its ticket is in memory.
struct Place {
  const engine::Ticket* ticket = nullptr;
  size_t index = 0;
  const engine::Commitment& commitment() const { return ticket->commitments[index]; }
};

std::optional<Place> find_commitment(const engine::State& state, const model::CommitmentKey& key) {
  const auto slot = state.find_ticket(key.branch, key.ticket);
  if (!slot) return std::nullopt;
  const engine::Ticket& ticket = state.ticket(*slot);
  for (size_t i = 0; i < ticket.commitments.size(); ++i) {
    const auto& c = ticket.commitments[i];
    if (c.number == key.cycle && state.promise_name(c.line) == key.promise)
      return Place{&ticket, i};
  }
  return std::nullopt;
}

/// What is unpaid and in nobody else's hands may be held, declined or changed. The error says why
/// this one may not.
std::optional<Error> find_obstacle(const State& state, const Compensation& c) {
  switch (c.state) {
    case PaidState::owed:
    case PaidState::approved:
    case PaidState::dispatched:
    case PaidState::held:
    case PaidState::claimable:
      break;
    case PaidState::failed:
      if (is_undecided(c)) return wrong_state(describe(state, c), kAskReceiver);
      if (c.reversed_by == 0) {
        return wrong_state(describe(state, c), fmt::format("owe it again with `lupaus payouts "
                                                           "release {}`",
                                                           id_of(state, c.number)));
      }
      [[fallthrough]];
    case PaidState::reversed:
      return wrong_state(describe(state, c),
                         fmt::format("it is owed again as {}", id_of(state, c.reversed_by)));
    default:
      return wrong_state(describe(state, c), "");
  }
  if (!c.batch.empty()) {
    const PayoutBatch* batch = state.ledger.find_batch(c.batch);
    if (batch != nullptr && batch->state != PayoutBatch::State::exported) {
      return wrong_state(
          fmt::format("{} lies in batch {}, which is {}", id_of(state, c.number), c.batch,
                      format_batch_state(batch->state)),
          fmt::format("give the batch up first with `lupaus payouts batch discard {}`", c.batch));
    }
    return wrong_state(fmt::format("{} has left with batch {}", id_of(state, c.number), c.batch),
                       "wait for the bank's answer: `lupaus payouts results import FILE`");
  }
  if (c.state == PaidState::dispatched && !has_voucher_out(c)) {
    return wrong_state(fmt::format("{} was handed to the {}, and its outcome is not known",
                                   id_of(state, c.number), model::format_instrument(c.instrument)),
                       "wait for its outcome");
  }
  return std::nullopt;
}

Result<Bodies> approve(const State& state, const model::Actor& who, const Compensation& c,
                       const std::string& reason) {
  if (!awaits_approval(c.state, c.reason)) {
    const bool is_waiting = c.state == PaidState::owed;
    return wrong_state(describe(state, c) + (is_waiting ? ", and needs nobody's approval" : ""),
                       c.state == PaidState::held ? "release or decline it" : "");
  }
  const auto is_who = [&](const std::string& name) { return is_same_person(name, who.id); };
  if (std::any_of(c.changed_by.begin(), c.changed_by.end(), is_who)) {
    return Error{"four_eyes",
                 fmt::format("`{}` entered or changed {} and cannot approve it", who.id,
                             id_of(state, c.number)),
                 "let somebody else approve it",
                 {}};
  }
  if (std::any_of(c.approved_by.begin(), c.approved_by.end(), is_who)) {
    return Error{"four_eyes",
                 fmt::format("`{}` has approved {} already", who.id, id_of(state, c.number)),
                 "it takes somebody else as well",
                 {}};
  }
  const model::Promise* promise = promise_of(state.engine, c.key);
  const bool has_terms = promise != nullptr && promise->compensation;
  const auto needed = static_cast<size_t>(has_terms ? promise->compensation->approvers : 1);
  const bool is_complete = c.approved_by.size() + 1 >= needed;
  return Bodies{model::PayoutApproved{c.number, is_complete, reason}};
}

Result<Bodies> hold(const State& state, const Compensation& c, const std::string& reason) {
  if (c.state == PaidState::held) {
    return wrong_state(describe(state, c) + " already", "release or decline it");
  }
  if (c.state == PaidState::claimable)
    return wrong_state(describe(state, c), "nothing is paid before; decline it");
  if (auto obstacle = find_obstacle(state, c)) return *std::move(obstacle);
  return Bodies{model::PayoutHeld{c.number, reason}};
}

/// A transfer that left, and of which no bank has said what became of it.
bool is_unanswered(const State& state, const Compensation& c) {
  const PayoutBatch* batch = c.batch.empty() ? nullptr : state.ledger.find_batch(c.batch);
  return c.state == PaidState::dispatched && batch != nullptr &&
         batch->state == PayoutBatch::State::exported;
}

Error not_unanswered(const State& state, const Compensation& c) {
  return wrong_state(describe(state, c),
                     "a person says what became of it only where it has left and nobody else does");
}

bool has_failed_at_bank(const State& state, const Compensation& c) {
  const PayoutBatch* batch = c.batch.empty() ? nullptr : state.ledger.find_batch(c.batch);
  return c.state == PaidState::failed && batch != nullptr && batch->exported_at != model::Instant{};
}

/// What the receiver or bank told a person where no channel hears it.
Result<Bodies> confirm(const State& state, const Compensation& c,
                       const model::DecidePayout& decision) {
  if (has_failed_at_bank(state, c) && decision.booked_on)
    return pay_after_all(state, c, decision.reason, decision.booked_on);
  if (!is_undecided(c) && !is_unanswered(state, c)) return not_unanswered(state, c);
  return Bodies{model::Paid{c.number, decision.reason, decision.booked_on}};
}

/// A file that a bank never took, a form of file that none answers, or money that came back.
Result<Bodies> fail(const State& state, const Compensation& c, const std::string& reason) {
  if (c.state == PaidState::paid && !c.batch.empty()) {
    // WHY held: one person's word sends no second payment on its way.
    return come_back(state, {c.number, "", reason, {}}, PaidState::held, "came back: " + reason);
  }
  if (!is_unanswered(state, c)) return not_unanswered(state, c);
  return Bodies{model::Failed{c.number, "not paid: " + reason}};
}

Result<Bodies> release(const State& state, const Compensation& c, const std::string& reason,
                       model::Instant now) {
  if (c.state == PaidState::failed && c.reversed_by == 0) {
    model::Owed owed = owe_again(state.ledger, c);
    // WHY: it may have been paid; only a person who asked the receiver may pay it again.
    if (is_undecided(c) && reason.empty()) return no_reason("paying again what may have been paid");
    const model::Promise* promise = promise_of(state.engine, c.key);
    const bool has_limit = promise != nullptr && promise->compensation &&
                           promise->compensation->approval_over && c.amount && c.late_of == 0;
    const bool is_above =
        has_limit && c.amount->minor > promise->compensation->approval_over->minor;
    owed.reason = is_above ? fmt::format("{}, failed before", kApproval) : "failed before";
    hold_for(doubt_of(state, c), owed);
    return Bodies{std::move(owed)};
  }
  if (c.state != PaidState::held) {
    if (auto obstacle = find_obstacle(state, c)) return *std::move(obstacle);
    return wrong_state(describe(state, c) + ", and not held", "");
  }
  if (!c.amount && c.instrument != model::Instrument::apology) {
    return wrong_state(
        fmt::format("the sum of {} is not known ({})", id_of(state, c.number), c.reason),
        "decline it, and pay the customer by other means");
  }
  Bodies bodies;
  if (is_in_review(state, c)) {
    bodies.emplace_back(model::ReviewDecided{c.key, model::Verdict::breached,
                                             reason.empty() ? "released" : reason, ""});
  }
  for (auto& fact : let_go(state, c, now)) bodies.push_back(std::move(fact));
  return bodies;
}

/// How it is owed once nobody holds it.
model::Released released(const State& state, const Compensation& c) {
  model::Released made;
  made.number = c.number;
  made.key = c.key;
  made.customer = c.customer;
  made.computed = c.computed;
  made.instrument = c.instrument;
  made.amount = c.amount;
  if (has_voucher_out(c)) {
    made.state = PaidState::dispatched;
    return made;
  }
  const auto place = find_commitment(state.engine, c.key);
  const bool has_asked_caps = c.reverses != 0 || c.late_of != 0 || !drawn(state.ledger, c).empty();
  if (!has_asked_caps && place && place->commitment().is_held) {
    // WHY alone: its group was settled when it was charged. What came afterwards may say another
    // sum, another customer, or none; what is final stays, only caps are asked.
    std::vector<engine::Commitment> mine = {place->commitment()};
    mine[0].decided = model::Verdict::breached;
    mine[0].is_decided_early = mine[0].is_doubted_since = mine[0].is_vanished = false;
    auto bill = bill_of(state.engine, *place->ticket, mine, 0, Knowledge::recorded);
    if (!bill) return made;
    bill->customer = c.customer;
    bill->tariffed.computed = c.computed;
    bill->tariffed.held = bill->tariffed.unpaid = {};
    model::Owed owed = charge(state.ledger, *bill);
    made.state = owed.state;
    made.amount = owed.amount;
    made.draws = std::move(owed.draws);
    made.reason = std::move(owed.reason);
    return made;
  }
  const model::Promise* promise = promise_of(state.engine, c.key);
  if (promise == nullptr || !promise->compensation || c.late_of != 0) return made;
  if (!has_asked_caps && !c.draws.empty()) draw_again(state.ledger, *promise, c, made);
  const auto& limit = promise->compensation->approval_over;
  if (made.state == PaidState::owed && limit && made.amount && made.amount->minor > limit->minor)
    made.reason = kApproval;
  return made;
}

}  // namespace

bool is_in_review(const State& state, const Compensation& c) {
  if (c.late_of != 0) return false;  // the breach was decided with the first
  const auto place = find_commitment(state.engine, c.key);
  return place && place->commitment().is_held && engine::is_under_review(place->commitment());
}

std::vector<model::Owed::CapDraw> drawn(const Ledger& ledger, const Compensation& compensation) {
  std::vector<model::Owed::CapDraw> all;
  for (const auto& draw : ledger.first_of(compensation).draws) {
    const bool is_counted = std::any_of(all.begin(), all.end(),
                                        [&](const auto& known) { return known.cap == draw.cap; });
    // WHY: two caps of one scope share a counter, and the sum has used it up once.
    if (!is_counted && (draw.minor != 0 || draw.times != 0)) all.push_back(draw);
  }
  return all;
}

const Compensation* find_unpaid_late(const Ledger& ledger, const Compensation& compensation) {
  const Compensation* late = ledger.find_late(ledger.first_of(compensation).number);
  if (late == nullptr || !late->batch.empty() || has_voucher_out(*late)) return nullptr;
  const bool is_unpaid = late->state == PaidState::owed || late->state == PaidState::approved ||
                         late->state == PaidState::held;
  return is_unpaid ? late : nullptr;
}

void hold_for(const std::string& doubt, model::Owed& owed) {
  if (doubt.empty()) return;
  owed.state = PaidState::held;
  owed.reason = fmt::format("{}, {}", doubt, owed.reason);
}

Bodies come_back(const State& state, model::Reversed reversed, PaidState again,
                 std::string reason) {
  const Compensation* c = state.ledger.find(reversed.number);
  model::ensure(c != nullptr, "what comes back was owed");
  model::Owed owed = owe_again(state.ledger, *c);
  owed.state = again;
  owed.reason = std::move(reason);
  hold_for(doubt_of(state, *c), owed);
  return {std::move(reversed), std::move(owed)};
}

Bodies give_up(const State& state, const PayoutBatch& batch, const std::string& reason) {
  Bodies bodies{model::BatchDiscarded{batch.id, reason}};
  // What events said of it while it lay in the batch could not hold it there.
  for (const uint64_t number : batch.numbers) {
    const Compensation* c = state.ledger.find(number);
    std::string doubt = c == nullptr ? std::string() : doubt_of(state, *c);
    if (!doubt.empty()) bodies.emplace_back(model::PayoutHeld{number, std::move(doubt)});
  }
  return bodies;
}

Result<Bodies> pay_after_all(const State& state, const Compensation& failed,
                             const std::string& reference,
                             const std::optional<model::LocalDate>& booked_on) {
  const Compensation& again = state.ledger.last_of(failed);
  const std::string reason = fmt::format("{} was paid after all", id_of(state, failed.number));
  Bodies bodies;
  const PayoutBatch* batch = again.batch.empty() ? nullptr : state.ledger.find_batch(again.batch);
  const bool is_inside = batch != nullptr && batch->exported_at == model::Instant{};
  if (&again != &failed && again.state != PaidState::declined) {
    const bool has_failed = again.state == PaidState::failed && !is_undecided(again);
    if (!is_inside && !has_failed && find_obstacle(state, again)) {
      return wrong_state(fmt::format("{} was owed again, and {}: it may be paid twice",
                                     id_of(state, failed.number), describe(state, again)),
                         "ask the bank, or the customer, for one of them");
    }
    if (is_inside) bodies = give_up(state, *batch, reason);
    if (has_voucher_out(again))
      bodies.emplace_back(model::VoucherVoided{again.number, again.voucher, reason});
    // Caps stay used: it was paid.
    bodies.emplace_back(model::Declined{again.number, reason, {}});
  }
  bodies.emplace_back(model::Paid{failed.number, reference, booked_on});
  return bodies;
}

std::string doubt_of(const State& state, const Compensation& compensation) {
  if (const Compensation* first = state.ledger.find(compensation.late_of)) {
    const Compensation* last = state.ledger.find(first->key);
    return doubt_of(state, last == nullptr ? *first : *last);
  }
  if (compensation.is_excused) return "excused: " + compensation.excuse;
  const auto place = find_commitment(state.engine, compensation.key);
  const bool is_unseen = place && engine::has_unseen_evidence(place->commitment());
  const bool is_doubted = compensation.is_doubted || compensation.is_paid_in_error || is_unseen;
  return is_doubted ? std::string(kLateEvidence) : std::string();
}

model::Declined declined(const Ledger& ledger, const Compensation& compensation,
                         std::string reason) {
  return {compensation.number, std::move(reason), drawn(ledger, compensation)};
}

Bodies decline(const State& state, const Compensation& c, const std::string& reason) {
  Bodies bodies;
  // The breach stands; only its money is decided here.
  if (c.state == PaidState::held && is_in_review(state, c))
    bodies.emplace_back(model::ReviewDecided{c.key, model::Verdict::breached, reason, ""});
  if (has_voucher_out(c)) bodies.emplace_back(model::VoucherVoided{c.number, c.voucher, reason});
  bodies.emplace_back(declined(state.ledger, c, reason));
  return bodies;
}

std::optional<model::Instant> voucher_expiry(const State& state, const Compensation& c,
                                             model::Instant now) {
  const model::Promise* promise = promise_of(state.engine, c.key);
  if (promise == nullptr || !promise->compensation) return std::nullopt;
  const auto& valid = promise->compensation->voucher_valid;
  return valid ? end_of_length(state.engine, c.key.branch, *valid, now) : std::nullopt;
}

Bodies let_go(const State& state, const Compensation& c, model::Instant now) {
  Bodies bodies{released(state, c)};
  if (!has_voucher_out(c) || !c.voucher_expires_at) return bodies;
  const auto expires_at = voucher_expiry(state, c, now);
  if (expires_at != c.voucher_expires_at)
    bodies.emplace_back(model::VoucherIssued{c.number, c.voucher, expires_at});
  return bodies;
}

model::Owed owe_again(const Ledger& ledger, const Compensation& compensation) {
  model::Owed owed;
  owed.number = ledger.next_number();
  owed.key = compensation.key;
  owed.customer = compensation.customer;
  owed.computed = compensation.computed;
  owed.amount = compensation.amount;
  owed.state = PaidState::owed;
  owed.instrument = compensation.instrument;
  owed.breached_at = compensation.owed_at;
  owed.tier_clause = compensation.tier_clause;
  owed.late_of = compensation.late_of;
  owed.reverses = compensation.number;
  owed.entered_by = compensation.changed_by;
  return owed;
}

Result<Bodies> decide_payout(const State& state, const model::Actor& who,
                             const model::DecidePayout& decision, model::Instant now) {
  using Action = model::DecidePayout::Action;
  const Compensation* c = state.ledger.find(decision.number);
  if (c == nullptr) return not_found(state, decision.number);
  const bool needs_reason =
      decision.action != Action::approve && decision.action != Action::release;
  if (needs_reason && decision.reason.empty()) return no_reason("the decision");
  switch (decision.action) {
    case Action::approve:
      return approve(state, who, *c, decision.reason);
    case Action::decline:
      if (is_undecided(*c)) return decline(state, *c, decision.reason);
      if (auto obstacle = find_obstacle(state, *c)) return *std::move(obstacle);
      return decline(state, *c, decision.reason);
    case Action::hold:
      return hold(state, *c, decision.reason);
    case Action::release:
      return release(state, *c, decision.reason, now);
    case Action::confirm:
      return confirm(state, *c, decision);
    case Action::fail:
      return fail(state, *c, decision.reason);
  }
  return Bodies{};
}

Result<Bodies> change_instrument(const State& state, const model::ChangeInstrument& change) {
  const Compensation* c = state.ledger.find(change.number);
  if (c == nullptr) return not_found(state, change.number);
  if (change.reason.empty()) return no_reason("the change");
  if (c->instrument == change.instrument) return Bodies{};
  if (auto obstacle = find_obstacle(state, *c)) return *std::move(obstacle);
  const bool has_no_sum = c->instrument == model::Instrument::apology;
  if (has_no_sum || change.instrument == model::Instrument::apology) {
    return wrong_state(fmt::format("{} {}", id_of(state, c->number),
                                   has_no_sum ? "is an apology, and no sum is owed"
                                              : "owes a sum, and an apology pays none"),
                       "decline it, and write to the customer");
  }
  if (change.instrument == model::Instrument::voucher && !c->voucher.empty()) {
    return wrong_state(fmt::format("the voucher of {} is void, and it gets no second one",
                                   id_of(state, c->number)),
                       "pay it in another way");
  }
  if (change.instrument == model::Instrument::transfer && c->customer.empty()) {
    return wrong_state(
        fmt::format("{} has no customer to whom a transfer could go", id_of(state, c->number)), "");
  }
  Bodies bodies;
  if (has_voucher_out(*c))
    bodies.emplace_back(model::VoucherVoided{c->number, c->voucher, "instrument changed"});
  bodies.emplace_back(model::InstrumentChanged{c->number, change.instrument, change.reason});
  // What was said of it while a voucher was out could not hold it.
  std::string doubt = c->state == PaidState::held ? std::string() : doubt_of(state, *c);
  if (!doubt.empty()) bodies.emplace_back(model::PayoutHeld{c->number, std::move(doubt)});
  return bodies;
}

}  // namespace lupaus::rules::ledger
