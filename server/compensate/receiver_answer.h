// What a receiver's answer means for a compensation. An answer that names another sum or another
// compensation never counts as paid.
#pragma once

#include <string_view>

#include "server/compensate/channel.h"

namespace lupaus::server::compensate {

/// To a delivery: 2xx paid (contradicted when it names another `amount` or `compensation`), 4xx
/// failed but for 408, 409, 425 and 429, all else unknown. A redirect is unknown, never followed.
Outcome judge_answer(const rules::ledger::Compensation& compensation, int status,
                     std::string_view body);

/// To a question about an earlier delivery.
struct Standing {
  bool is_unseen = false;  ///< 404 or `"state":"unknown"`: the receiver has no such key
  Outcome outcome;         ///< else: by `state` "paid" or "failed"; all else is unknown
};
Standing judge_standing(const rules::ledger::Compensation& compensation, int status,
                        std::string_view body);

}  // namespace lupaus::server::compensate
