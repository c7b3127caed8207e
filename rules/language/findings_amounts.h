// Sums and shares against each other, where that is exact: money with money of one currency, shares
// of one attribute with each other.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/model/promise.h"

namespace lupaus::rules::language {

bool is_comparable(const model::Amount& left, const model::Amount& right);
/// False of what is not comparable.
bool is_less(const model::Amount& left, const model::Amount& right);
/// nullopt: too large.
std::optional<model::Amount> times(const model::Amount& amount, int64_t count);
/// nullopt: too large, or not comparable.
std::optional<model::Amount> sum_of(const model::Amount& left, const model::Amount& right);
/// `amount` within the bounds; nullopt where they cannot be compared with it. at_most wins (R43).
std::optional<model::Amount> bounded(std::optional<model::Amount> amount,
                                     const std::optional<model::Amount>& least,
                                     const std::optional<model::Amount>& most);

}  // namespace lupaus::rules::language
