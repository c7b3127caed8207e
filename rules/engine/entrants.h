// Who sent events of which ticket. Most tickets have one such person and there may be a million of
// them, so one is a number by slot; a list is kept for the few that have several.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/model/command.h"

namespace lupaus::rules::engine {

/// Owned by engine::State, single-threaded. Costs four bytes a slot once anybody was added, and
/// nothing before: terminals with a certificate are no people.
class Entrants {
 public:
  /// Each person counts once; `id` is not empty.
  void add(model::TicketSlot slot, std::string_view id);
  void forget(model::TicketSlot slot);
  /// In the order in which they were added; lives until the slot's next change.
  std::span<const std::string> of(model::TicketSlot slot) const;

 private:
  static constexpr uint32_t kNobody = 0;
  static constexpr uint32_t kSeveral = UINT32_MAX;

  uint32_t number_of(std::string_view id);

  std::deque<std::string> people_;  // WHY: stable addresses for the views that are the map's keys
  absl::flat_hash_map<std::string_view, uint32_t> numbers_;  ///< from 1
  uint32_t newest_ = kNobody;                                ///< memo: batches come from one person
  std::deque<uint32_t> by_slot_;                             // WHY: grows without a copy of all
  absl::flat_hash_map<model::TicketSlot, std::vector<std::string>> several_;
};

}  // namespace lupaus::rules::engine
