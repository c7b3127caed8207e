// What one ticket adds to its branch's day: commitments decided since local midnight, provisional
// breaches among them. A function of the state, so that it can be asked again whenever the ticket
// changes.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "rules/ledger/step.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::server::report {

/// [begin, end) in UTC: a local date of the branch.
struct LocalDay {
  rules::model::Instant begin{}, end{};
  bool operator==(const LocalDay&) const = default;
};
/// The branch's at `now`; of a branch that no book knows, the one of UTC.
LocalDay local_day(const rules::engine::State& state, std::string_view branch,
                   rules::model::Instant now);

struct DayCount {
  uint64_t kept = 0, breached = 0;
  std::map<rules::model::Currency, rules::model::MinorSum>
      owed_minor;  ///< what was charged for the broken ones
  bool is_empty() const { return kept == 0 && breached == 0; }
  void add(const DayCount& other);
  void subtract(const DayCount& other);
  bool operator==(const DayCount&) const = default;
};

/// Of one ticket. A breach belongs to the day on which it was first recorded, all else to that on
/// which it became final or a person decided it. History that was imported belongs to none.
DayCount day_count(const rules::ledger::State& state, rules::model::TicketSlot slot,
                   std::span<const rules::engine::Commitment> commitments, const LocalDay& day);

}  // namespace lupaus::server::report
