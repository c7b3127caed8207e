// The webhook channel: one signed CloudEvent a compensation to an address of the customer's own.
// The receiver pays; it tells repetitions apart by the `Idempotency-Key`, which is the
// compensation's id.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "rules/model/result.h"
#include "server/compensate/channel.h"
#include "server/runtime/clock.h"

namespace lupaus::server::compensate {

struct WebhookSettings {
  std::string url;                         ///< http or https; its host must be in `allowed_hosts`
  std::vector<std::string> allowed_hosts;  ///< exact names, lower case
  std::vector<std::string> secrets;        ///< one, or two while they are rotated
  std::chrono::milliseconds limit = std::chrono::seconds(10);  ///< for one whole exchange
  std::string authorities;  ///< PEM file to verify https with; empty: the system's
};

/// Errors: `bad_url`, `host_not_allowed`, `no_secret`.
rules::model::Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookSettings settings,
                                                                    runtime::Clock& clock);

/// The CloudEvent (structured JSON) of a compensation: the same bytes on every attempt.
std::string webhook_body(const rules::ledger::Compensation& compensation);

/// What an answer means for the compensation: 2xx paid (unless it names another amount), 4xx failed
/// but for 408, 409, 425 and 429, all else unknown. A redirect is unknown and is never followed.
Outcome judge_answer(const rules::ledger::Compensation& compensation, int status,
                     std::string_view body);

}  // namespace lupaus::server::compensate
