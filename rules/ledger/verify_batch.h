// What must be true of a payout batch, looked at anew: the ledger may have been restored, and a
// file of money is only as right as this.
#pragma once

#include <string>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

/// What is wrong with the batch, a sentence each, in the order of its lines; empty: nothing. Each
/// line is there once and in no other batch that lives, was owed before the batch was drawn up, is
/// a transfer with a sum above zero to a known customer, stands where the batch stands, and the
/// sums make the total.
std::vector<std::string> check_batch(const Ledger& ledger, uint32_t partition,
                                     const PayoutBatch& batch);

}  // namespace lupaus::rules::ledger
