// The one door: decide, fold, and whatever follows, until nothing follows.
#include "rules/ledger/step.h"

#include <algorithm>

#include "rules/ledger/claims.h"
#include "rules/ledger/late_evidence.h"
#include "rules/ledger/overdue.h"

namespace lupaus::rules::ledger {
namespace {

/// WHY nobody counts its owners: it lives as long as the program, and each fact bears one.
const std::shared_ptr<const model::Actor>& system_actor() {
  static const model::Actor actor{model::Actor::Kind::system, true, "lupaus", ""};
  static const std::shared_ptr<const model::Actor> shared(std::shared_ptr<void>(), &actor);
  return shared;
}

/// Gives positions to the facts from `begin` on and folds them.
void fold(State& state, model::Facts& facts, size_t begin) {
  for (size_t i = begin; i < facts.size(); ++i) {
    facts[i].position = state.next_position;
    state.evolve(facts[i]);
  }
}

void follow_up(State& state, const model::Command& command, model::Facts& facts) {
  const size_t begin = facts.size();
  const auto decided = decide(state, command, facts);
  model::ensure(decided.ok(), "a follow-up is never refused");
  fold(state, facts, begin);
}

/// `command` is made once for many tickets; its body is replaced.
void charge_final(State& state, model::TicketSlot slot, model::Command& command,
                  model::Facts& facts) {
  const auto& commitments = state.engine.ticket(slot).commitments;
  for (uint32_t i = 0; i < commitments.size(); ++i) {
    const auto& c = commitments[i];
    // Whether it is ended, alone or the last of its group is for the bill to say.
    const bool is_final_breach =
        c.is_confirmed && engine::settled_verdict(c) == model::Verdict::breached;
    if (!is_final_breach || c.is_charged) continue;
    command.body = model::Charge{slot, i};
    follow_up(state, command, facts);
  }
}

/// An event (the fact at `observed`) that came too late for a final verdict is put down before
/// anything follows from it.
void weigh_late(State& state, size_t observed, model::Command& command, model::Facts& facts) {
  const auto* body = std::get_if<model::Observed>(&facts[observed].body);
  if (body == nullptr) return;
  std::vector<model::TicketSlot> late;
  for (const model::TicketSlot slot : state.engine.touched()) {
    if (may_be_late(state.engine.ticket(slot), body->corrected_at())) late.push_back(slot);
  }
  if (late.empty()) return;
  // WHY: copied, as the fact lies elsewhere once others are recorded.
  model::Weigh weigh{0,
                     std::string(body->event.source),
                     body->event.epoch,
                     body->event.sequence,
                     body->corrected_at(),
                     std::string(body->event.type)};
  for (const model::TicketSlot slot : late) {
    weigh.slot = slot;
    command.body = weigh;
    follow_up(state, command, facts);
  }
}

/// An event (the fact at `observed`) by which customers ask for what they are owed.
void take_claims(State& state, size_t observed, const model::Command& command,
                 model::Facts& facts) {
  const auto* body = std::get_if<model::Observed>(&facts[observed].body);
  if (body == nullptr || !state.ledger.has_claims()) return;
  const size_t begin = facts.size();
  for (auto& claimed : claims_of(state, *body, command.now))
    facts.emplace_back(0, command.now, command.actor, std::move(claimed));
  fold(state, facts, begin);
}

void judge(State& state, model::TicketSlot slot, model::Command& command, model::Facts& facts) {
  command.body = model::Judge{slot};
  follow_up(state, command, facts);
  charge_final(state, slot, command, facts);
}

/// A batch is settled with the last of its lines of which it is known what became of it.
void settle_batches(State& state, size_t begin, model::Instant now, model::Facts& facts) {
  const size_t end = facts.size();
  for (size_t i = begin; i < end; ++i) {
    const uint64_t number = std::visit(
        [](const auto& body) -> uint64_t {
          using Body = std::decay_t<decltype(body)>;
          constexpr bool kEndsLine = std::is_same_v<Body, model::Paid> ||
                                     std::is_same_v<Body, model::Failed> ||
                                     std::is_same_v<Body, model::Reversed>;
          if constexpr (kEndsLine) {
            return body.number;
          } else {
            return 0;
          }
        },
        facts[i].body);
    const Compensation* c = state.ledger.find(number);
    if (c == nullptr || c->batch.empty() || state.ledger.open_line_count(c->batch) != 0) continue;
    const PayoutBatch* batch = state.ledger.find_batch(c->batch);
    if (batch == nullptr || batch->state != PayoutBatch::State::exported) continue;
    const size_t settled = facts.size();
    facts.emplace_back(0, now, system_actor(), model::BatchSettled{batch->id});
    fold(state, facts, settled);
  }
}

/// Whether anything may follow for the tickets that were touched. WHY: most events move no verdict,
/// and asking each ticket costs more than this.
bool is_news_touched(State& state, model::Instant now) {
  auto& touched = state.engine.touched();
  const bool is_news = std::any_of(touched.begin(), touched.end(), [&](model::TicketSlot slot) {
    return state.engine.has_news(slot, now);
  });
  if (!is_news) touched.clear();
  return is_news;
}

void judge_touched(State& state, model::Command& command, model::Facts& facts) {
  auto& touched = state.engine.touched();
  for (size_t i = 0; i < touched.size(); ++i) judge(state, touched[i], command, facts);
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
  if (facts.size() > begin) take_claims(state, begin, command, facts);
  settle_batches(state, begin, command.now, facts);
  // What silence made final is charged like anything else.
  const auto* due = std::get_if<model::Due>(&command.body);
  if (facts.size() == begin || (due == nullptr && !is_news_touched(state, command.now))) return {};
  model::Command next{command.now, system_actor(), model::Judge{}, command.is_clock_doubtful};
  weigh_late(state, begin, next, facts);
  judge_touched(state, next, facts);
  if (due != nullptr) charge_final(state, due->slot, next, facts);
  return {};
}

void settle_watermarks(State& state, model::Instant now, model::Facts& facts, size_t limit,
                       bool is_clock_doubtful) {
  model::Command command{now, system_actor(), model::Judge{}, is_clock_doubtful};
  judge_touched(state, command, facts);  // WHY: a restart may leave tickets touched
  if (is_clock_doubtful) return;
  std::vector<model::TicketSlot> decided;
  state.engine.drain_decided(decided, limit);
  for (const model::TicketSlot slot : decided) judge(state, slot, command, facts);
}

void settle_overdue(State& state, model::Instant now, size_t limit, model::Facts& facts) {
  const auto record = [&](model::FactBody body) {
    const size_t begin = facts.size();
    facts.emplace_back(0, now, system_actor(), std::move(body));
    fold(state, facts, begin);
  };
  const auto record_all = [&](auto take) {
    for (size_t left = limit; left > 0; --left) {
      auto body = take();
      if (!body) return;
      record(std::move(*body));
    }
  };
  record_all([&] { return take_unclaimed(state.ledger, now); });
  record_all([&] { return take_late_payment(state, now); });
  for (size_t left = limit; left > 0; --left) {
    auto expired = take_expired_voucher(state, now);
    if (expired.empty()) break;
    for (auto& body : expired) record(std::move(body));
  }
}

}  // namespace lupaus::rules::ledger
