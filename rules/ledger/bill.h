// A final breach on its way to money: what it costs, when it is settled, and which other promise of
// its group is paid instead. Live ledger and backtest make their bills here, so that they cannot
// disagree.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "rules/engine/state.h"
#include "rules/ledger/tariff.h"

namespace lupaus::rules::ledger {

struct Bill {
  const model::Promise* promise = nullptr;  ///< has a compensation
  model::CommitmentKey key;
  model::Cycle cycle;
  std::string customer;          ///< as captured at the start of the cycle (R13)
  model::LocalDate breached_on;  ///< of the branch, of `breached_at` (R49)
  /// End of the clock, of its group, or the breach (`settle: breach`): caps are used in this order
  /// (R46).
  model::Instant settled_at{};
  Tariffed tariffed;
  std::string behind;  ///< in a group: why another is paid; "" for the one that is
  /// Events that came after finality, and after whoever decided, say otherwise.
  bool has_late_evidence = false;
  /// A person decided that it is paid, and knew all that would hold it.
  bool is_released = false;
  /// In a backtest, of what has to be asked for and was not: whether it still can be.
  enum class Claim : uint8_t { none, open, lapsed } unclaimed = Claim::none;
  Words words = Words::told;  ///< of the tariff, and of the caps when it is charged
};

/// What counts as ended: what the journal says is final, or (backtests, which leave the words out)
/// what the events say.
enum class Knowledge : uint8_t { recorded, complete };

/// The bill of `commitments[index]`, one of all those of `ticket`; nullopt when it owes nothing yet
/// (its clock or its group still runs) or ever (not breached, excused, no compensation).
/// A verdict that a person decided counts as decided; a breach that no event shows counts as the
/// least there is.
std::optional<Bill> bill_of(const engine::State& state, const engine::Ticket& ticket,
                            std::span<const engine::Commitment> commitments, size_t index,
                            Knowledge knowledge);

}  // namespace lupaus::rules::ledger
