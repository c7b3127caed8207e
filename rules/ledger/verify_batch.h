// What must be true of a payout batch, looked at anew: the ledger may have been restored, and a
// file of money is only as right as this.
#pragma once

#include <functional>
#include <map>
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

/// The same of what is known without a ledger around it. `find` is asked once for each line, in the
/// batch's order; null: it is not known.
using FindLine = std::function<const Compensation*(uint64_t number)>;
using Batches = std::map<std::string, PayoutBatch, std::less<>>;
std::vector<std::string> check_batch(const Batches& all, const FindLine& find, uint32_t partition,
                                     const PayoutBatch& batch);

}  // namespace lupaus::rules::ledger
