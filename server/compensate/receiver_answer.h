// What a receiver's answer means for a compensation. An answer that names another sum or another
// compensation never counts as paid. Of what it says neither name nor account number comes into an
// outcome's text.
#pragma once

#include <string_view>

#include "server/compensate/channel.h"

namespace lupaus::server::compensate {

/// Which 2xx says that money was paid.
enum class Proof : uint8_t {
  named,  ///< one that names the reference and the amount; any other is unknown
  bare    ///< any, as the HTTP binding of CloudEvents' webhooks has it; but never 202, "accepted",
          ///< and no page for people
};

/// To a delivery: 2xx paid by that `proof` (contradicted when it names another `amount` or
/// `compensation`; unknown when its `state` is not "paid"; of an apology, which has no sum, any is
/// enough), all else unknown, a redirect too, which is never followed; but a 4xx is failed, where
/// the receiver speaks of this delivery and not of who asks or when (401, 403, 404, 407, 408, 409,
/// 425, 429), and only if no earlier one `may_be_taken`: what it paid then, it does not undo by
/// refusing now.
Outcome judge_answer(const rules::ledger::Compensation& compensation, int status,
                     std::string_view body, bool may_be_taken, Proof proof = Proof::bare);

/// To a question about an earlier delivery.
struct Standing {
  bool is_unseen = false;  ///< 404 or `"state":"unknown"`: the receiver has no such key
  Outcome outcome;         ///< else: by `state` "paid" or "failed"; all else is unknown
};
Standing judge_standing(const rules::ledger::Compensation& compensation, int status,
                        std::string_view body);

}  // namespace lupaus::server::compensate
