// Compensations and batches of the ledger as messages, and what is read off them on the way: the
// promised day, who is waited for, where a voucher stands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::v1 {
class Payout;
class PayoutBatch;
}  // namespace lupaus::v1

namespace lupaus::server::api {

/// One partition a process.
inline constexpr uint32_t kPayoutPartition = 1;

/// Whether somebody is known behind a customer's key. Empty: the server keeps no payees.
using HasPayee = std::function<bool(std::string_view customer)>;

/// What a compensation looks like depends on.
struct PayoutSight {
  rules::model::Instant now{};
  const HasPayee& has_payee;
  bool has_voucher_codes = true;  ///< whether who looks may learn them
};

/// A transfer that is still to be paid, in no batch, and nobody knows to whom.
bool is_awaiting_payee(const rules::ledger::Compensation& compensation, const HasPayee& has_payee);

/// `state` is asked for zones and hours alone. Never shows a name or an account.
void to_payout(const rules::ledger::State& state, const rules::ledger::Compensation& compensation,
               const PayoutSight& sight, v1::Payout& message);

void to_batch(const rules::ledger::PayoutBatch& batch, v1::PayoutBatch& message);

/// Adds what its lines are by now.
void add_state_sums(const std::vector<rules::ledger::Compensation>& lines,
                    v1::PayoutBatch& message);

/// The number in "C-1-42", or an error `not_found`.
rules::model::Result<uint64_t> payout_number(const std::string& id);

}  // namespace lupaus::server::api
