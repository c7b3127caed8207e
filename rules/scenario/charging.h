// The money of a replay: each settled breach takes its turn at the caps, in the order of R46.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rules/ledger/bill.h"
#include "rules/model/money.h"
#include "rules/scenario/replay.h"

namespace lupaus::rules::scenario {

/// What one commitment is owed.
struct Charged {
  std::optional<model::Money> owed;
  model::PaidState state = model::PaidState::none;
};

/// A breach that is settled, waiting for its turn at the caps.
struct Settled {
  size_t index = 0;  ///< in the judged cycles
  ledger::Bill bill;
};

/// The bills of `judged`, in the order in which they are charged. The cycles are those of `replay`,
/// in their order, or differ from these in their limits alone; a breached one without `due_at` was
/// broken on the local date of its start.
std::vector<Settled> bills_of(const Replay& replay, std::span<const Judged> judged);

/// Prices the bills of one line anew by a promise that differs from the replay's in its tiers' sums
/// alone, and has no group.
void reprice(const Replay& replay, std::span<const Judged> judged, uint32_t line,
             const model::Promise& promise, std::vector<Settled>& bills);

/// What each of `count` judged cycles is owed, by its bill.
std::vector<Charged> charge_bills(const std::vector<Settled>& bills, size_t count);

}  // namespace lupaus::rules::scenario
