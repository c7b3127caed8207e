// The one door: decide, fold, and whatever follows, until nothing follows.
#include "rules/ledger/step.h"

#include "rules/ledger/overdue.h"

namespace lupaus::rules::ledger {
namespace {

const std::shared_ptr<const model::Actor>& system_actor() {
  static const auto actor = std::make_shared<const model::Actor>(
      model::Actor{model::Actor::Kind::system, true, "lupaus", ""});
  return actor;
}

/// Gives positions to the facts from `begin` on and folds them.
void fold(State& state, model::Facts& facts, size_t begin) {
  for (size_t i = begin; i < facts.size(); ++i) {
    facts[i].position = state.next_position;
    state.evolve(facts[i]);
  }
}

void follow_up(State& state, model::Instant now, model::CommandBody body, model::Facts& facts) {
  const size_t begin = facts.size();
  const model::Command command{now, system_actor(), std::move(body)};
  const auto decided = decide(state, command, facts);
  model::ensure(decided.ok(), "a follow-up is never refused");
  fold(state, facts, begin);
}

void charge_final(State& state, model::TicketSlot slot, model::Instant now, model::Facts& facts) {
  const auto& commitments = state.engine.ticket(slot).commitments;
  for (uint32_t i = 0; i < commitments.size(); ++i) {
    const auto& c = commitments[i];
    // Whether it is ended, alone or the last of its group is for the bill to say.
    const bool is_final_breach = c.is_confirmed && c.cycle.verdict == model::Verdict::breached;
    if (is_final_breach && !c.is_charged) follow_up(state, now, model::Charge{slot, i}, facts);
  }
}

void judge_touched(State& state, model::Instant now, model::Facts& facts) {
  auto& touched = state.engine.touched();
  for (size_t i = 0; i < touched.size(); ++i) {
    const model::TicketSlot slot = touched[i];
    if (!state.engine.ticket(slot).is_in_use) continue;
    follow_up(state, now, model::Judge{slot}, facts);
    charge_final(state, slot, now, facts);
  }
  touched.clear();
}

}  // namespace

void State::evolve(const model::Fact& fact) {
  engine.evolve(fact);
  ledger.evolve(fact);
  if (fact.position >= next_position) next_position = fact.position + 1;
}

uint64_t State::hash() const { return engine.hash() ^ (ledger.hash() * 0x9E3779B97F4A7C15ULL); }

model::Result<void> step(State& state, const model::Command& command, model::Facts& facts) {
  const size_t begin = facts.size();
  if (auto decided = decide(state, command, facts); !decided.ok()) {
    facts.resize(begin);
    return decided;
  }
  fold(state, facts, begin);
  judge_touched(state, command.now, facts);
  return {};
}

void settle_watermarks(State& state, model::Instant now, model::Facts& facts, size_t limit) {
  judge_touched(state, now, facts);  // WHY: a restart may leave tickets touched
  std::vector<model::TicketSlot> decided;
  state.engine.drain_decided(decided, limit);
  for (const model::TicketSlot slot : decided) {
    if (!state.engine.ticket(slot).is_in_use) continue;
    follow_up(state, now, model::Judge{slot}, facts);
    charge_final(state, slot, now, facts);
  }
}

void settle_overdue(State& state, model::Instant now, size_t limit, model::Facts& facts) {
  while (limit-- > 0) {
    auto owed = take_late_payment(state, now);
    if (!owed) return;
    const size_t begin = facts.size();
    facts.push_back(model::Fact{0, now, system_actor(), std::move(*owed)});
    fold(state, facts, begin);
  }
}

}  // namespace lupaus::rules::ledger
