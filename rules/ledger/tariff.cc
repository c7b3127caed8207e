// The tariff: what a lateness costs before caps. Tiers are half-open by counted time (semantics 4,
// R40).
#include <fmt/format.h>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

/// Tiers compare with counted time; lengths in days were refused when the file was read.
bool is_reached(const model::Tier& tier, const model::Cycle& cycle, bool is_inclusive) {
  // R40: a tier below the limit counts as reached at the breach, which `cycle` is.
  return is_inclusive ? cycle.counted > tier.over.duration : cycle.counted >= tier.over.duration;
}

}  // namespace

Tariffed tariff(const model::Promise& promise, const model::Cycle& cycle) {
  Tariffed result;
  if (!promise.compensation || !cycle.is_broken) return result;
  for (const auto& tier : promise.compensation->tiers) {
    if (!is_reached(tier, cycle, promise.is_boundary_inclusive)) break;
    if (const auto* sum = model::flat_sum(tier.pay)) result.computed = *sum;
    result.clause = fmt::format("tier over {} pays {}, {}:{}:{}", model::format_limit(tier.over),
                                model::format_amount(tier.pay), tier.span.file, tier.span.line,
                                tier.span.column);
  }
  return result;
}

}  // namespace lupaus::rules::ledger
