// The tariff: what one broken cycle costs before group and caps (semantics 4). A pure function of
// the promise and of what it reads of the cycle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "rules/ledger/reading.h"
#include "rules/model/promise.h"

namespace lupaus::rules::ledger {

struct Tariffed {
  std::optional<model::Money> computed;  ///< rounded once; nullopt: no tier reached, or held
  std::string_view held;    ///< "currency", "overflow": a person must find the sum; static storage
  std::string_view unpaid;  ///< why nothing of `computed` is to be paid: "min_payable", "nothing"
  std::string clause;       ///< each tier's arithmetic with its place; "" when left out
  /// What each cap of the promise allows, in minor units; nullopt: it limits no money (it counts
  /// compensations, or is a share of an attribute that nobody sent).
  absl::InlinedVector<std::optional<int64_t>, 2> cap_maxima;
};

/// Whether the arithmetic is told in words: it costs more than the sum does.
enum class Words : uint8_t { told, left_out };

/// What a broken cycle owes by the promise's tiers. Empty when the lateness reaches no tier, or the
/// promise pays nothing. With `settle: breach` the only tier is reached by the breach (R54).
Tariffed tariff(const model::Promise& promise, const Reading& reading, Words words = Words::told);

}  // namespace lupaus::rules::ledger
