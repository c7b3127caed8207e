// The money of a replay: each breach whose clock has ended takes its turn at the caps, in the order
// of R46.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rules/model/money.h"
#include "rules/scenario/replay.h"

namespace lupaus::rules::scenario {

/// What one commitment is owed.
struct Charged {
  std::optional<model::Money> owed;
  model::PaidState state = model::PaidState::none;
};

/// Parallel to `judged`, which is in the order of (branch, ticket, promise, cycle). `promises` are
/// by the index of their line: those whose tariffs and caps count. `replay` made the cycles, or
/// cycles that differ from these in their limits alone; a breached one without `due_at` was broken
/// on the local date of its start.
std::vector<Charged> charge_breaches(const Replay& replay, std::span<const Judged> judged,
                                     std::span<const model::Promise* const> promises);

/// The promises of the replay's own book, by the index of their line.
std::vector<const model::Promise*> promises_of(const Replay& replay);

}  // namespace lupaus::rules::scenario
