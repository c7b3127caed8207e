// Days that money is counted in: of a promise's payout, of a claim, of a voucher. They are those of
// the branch's hours, unless the promise names others.
#pragma once

#include <optional>
#include <string_view>

#include "rules/engine/state.h"
#include "rules/model/promise.h"

namespace lupaus::rules::ledger {

/// The promise that the commitment obeys; null: none of that name and revision was published.
const model::Promise* promise_of(const engine::State& state, const model::CommitmentKey& key);

/// The zone in whose days the branch pays: that of its hours, else its own; null: no book has it.
const model::ZoneTable* zone_of_days(const engine::State& state, std::string_view branch);

/// When a length that began at `from` is over: of days, at the 24:00 that ends the last of them;
/// nullopt: no such day comes.
std::optional<model::Instant> end_of_length(const engine::State& state, std::string_view branch,
                                            const model::Limit& length, model::Instant from);

/// The local date by which a compensation that became final (or was claimed) at `from` is to be
/// paid; nullopt: none is promised, or no such day comes.
std::optional<model::LocalDate> payout_due_on(const engine::State& state,
                                              const model::Promise& promise,
                                              std::string_view branch, model::Instant from);

}  // namespace lupaus::rules::ledger
