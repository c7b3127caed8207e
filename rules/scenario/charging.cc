// Which breach comes when, and what each is told by the ledger.
#include "rules/scenario/charging.h"

#include <algorithm>

#include "rules/calendar/zone.h"

namespace lupaus::rules::scenario {
namespace {

/// A breach whose clock has ended, waiting for its turn at the caps.
struct Settled {
  model::Instant at{};
  size_t index = 0;  ///< in the judged cycles
};

model::LocalDate breached_on(const Replay& replay, const Judged& judged) {
  return calendar::local_date(replay.zone(judged),
                              judged.cycle.due_at.value_or(judged.cycle.started_at));
}

}  // namespace

std::vector<const model::Promise*> promises_of(const Replay& replay) {
  std::vector<const model::Promise*> promises;
  for (const engine::Line& line : replay.state().lines())
    promises.push_back(line.revisions.back().promise);
  return promises;
}

std::vector<Charged> charge_breaches(const Replay& replay, std::span<const Judged> judged,
                                     std::span<const model::Promise* const> promises) {
  std::vector<Charged> charged(judged.size());
  std::vector<Settled> settled;
  for (size_t i = 0; i < judged.size(); ++i) {
    const model::Cycle& cycle = judged[i].cycle;
    if (cycle.verdict != model::Verdict::breached || !cycle.stopped_at) continue;
    if (promises[judged[i].line]->compensation) settled.push_back({*cycle.stopped_at, i});
  }
  // The cycles are in the order of (branch, ticket, promise, cycle), so their index settles equal
  // instants.
  std::sort(settled.begin(), settled.end(), [](const Settled& a, const Settled& b) {
    return a.at != b.at ? a.at < b.at : a.index < b.index;
  });
  const uint32_t customer = replay.attribute_name("customer");
  const auto actor = std::make_shared<const model::Actor>();
  ledger::Ledger ledger;
  model::Position position = 1;
  for (const Settled& breach : settled) {
    const Judged& broken = judged[breach.index];
    const model::Promise& promise = *promises[broken.line];
    model::Owed owed =
        ledger::charge(ledger, promise, replay.key_of(broken), broken.cycle,
                       replay.attribute_at(broken.ticket, broken.cycle.started_at, customer),
                       breached_on(replay, broken));
    if (owed.state == model::PaidState::none) continue;
    charged[breach.index] = {owed.amount, owed.state};
    if (promise.compensation->caps.empty()) continue;  // nothing later asks what was paid before
    owed.number = ledger.next_number();
    ledger.evolve(model::Fact{position++, breach.at, actor, std::move(owed)});
  }
  return charged;
}

}  // namespace lupaus::rules::scenario
