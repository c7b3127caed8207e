// The same events judged twice: by a backtest with complete knowledge, and by the server that was
// killed on the way. Both must say the same of every commitment, and pay once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lupaus/v1/breach.grpc.pb.h"
#include "lupaus/v1/payout.grpc.pb.h"
#include "rules/model/verdict.h"
#include "tests/e2e/crash/speaker.h"

namespace lupaus::tests::crash {

using Lines = std::vector<rules::model::VerdictLine>;

/// Judges all that the speakers told, as of `as_of`.
rules::model::Result<Lines> judge_offline(const std::vector<std::unique_ptr<Speaker>>& speakers,
                                          rules::model::Instant as_of);

/// All verdict lines of the server, in its order.
rules::model::Result<Lines> read_lines(v1::BreachService::Stub& stub);

/// All compensations.
rules::model::Result<std::vector<v1::Payout>> read_payouts(v1::PayoutService::Stub& stub);

struct Comparison {
  uint64_t compared = 0;
  uint64_t missing = 0;               ///< commitments that the server does not know
  uint64_t unexpected = 0;            ///< commitments that only the server knows
  uint64_t different = 0;             ///< in any key but revision, final and paid_state
  uint64_t breached = 0;              ///< offline
  std::vector<std::string> examples;  ///< of what is wrong, a few

  bool is_equal() const { return missing + unexpected + different == 0; }
};
Comparison compare(const Lines& offline, const Lines& online);

struct Payments {
  uint64_t compensations = 0;
  uint64_t twice = 0;      ///< commitments with more than one
  uint64_t missing = 0;    ///< breaches that owe something and have none
  uint64_t unfounded = 0;  ///< of commitments that are not breached
  uint64_t different = 0;  ///< in the amount
  uint64_t vouchers = 0;
  uint64_t vouchers_missing = 0, vouchers_twice = 0;
  std::vector<std::string> examples;

  bool is_right() const {
    return twice + missing + unfounded + different + vouchers_missing + vouchers_twice == 0;
  }
};
Payments check_payments(const Lines& offline, const std::vector<v1::Payout>& payouts);

}  // namespace lupaus::tests::crash
