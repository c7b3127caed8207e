// What a breach claims by its tariff, for the naive model: exact sums in 128 bits.
#pragma once

#include "tests/support/naive_clock.h"

namespace lupaus::tests::naive {

/// Millionths of a minor unit: a share of whole minor units is exact in them.
using Micro = __int128;

/// A sum or a share (R44, R94).
struct Worth {
  enum class Kind { sum, missing, foreign };
  Kind kind = Kind::sum;
  Micro micro = 0;
};
Worth worth(const rules::model::Amount& amount, const Attributes& captured,
            const Attributes& settled, std::optional<rules::model::Currency>& currency);

/// Half up to the minor unit; nullopt: beyond what money can hold.
std::optional<int64_t> rounded(Micro micro);

/// Fills claim and claimed of a settled breach.
void make_claim(const CycleView& view, rules::model::End end, Judged& judged);

}  // namespace lupaus::tests::naive
