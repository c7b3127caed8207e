// The webhook channels: one signed CloudEvent a compensation to an address of the customer's own.
// The receiver pays, or passes an apology on; it tells repetitions apart by the `Idempotency-Key`,
// which is the compensation's id.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "rules/model/result.h"
#include "server/compensate/channel.h"
#include "server/compensate/cloud_event.h"
#include "server/compensate/receiver_answer.h"
#include "server/compensate/signing_secrets.h"
#include "server/runtime/clock.h"

namespace lupaus::server::compensate {

struct WebhookSettings {
  std::string url;  ///< http or https; its host must be in `allowed_hosts`
  /// Exact names, lower case. An address that is not public must be named here itself: a name that
  /// leads to one is not enough.
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> secrets;  ///< one, or two while they are rotated
  std::chrono::milliseconds limit =
      std::chrono::seconds(10);  ///< for connecting, and again for the exchange
  std::string authorities = {};  ///< PEM file to verify https with; empty: the system's
  /// Where to ask with GET what became of an earlier attempt, with `{key}` for the id:
  /// "https://bank.example/payments/{key}". Empty: it is sent again with the same key.
  std::string status_url = {};
  Proof proof = Proof::named;  ///< what counts as paid
  bool allow_private = false;  ///< names may lead to addresses that are not public
  std::shared_ptr<const SigningSecrets> rotated = {};  ///< in place of `secrets`, and may change
};

/// For `instrument: webhook`. Errors: `bad_url`, `host_not_allowed`, `no_secret`.
rules::model::Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookSettings settings,
                                                                    runtime::Clock& clock);
/// For `instrument: apology`; the same address, secrets and errors.
rules::model::Result<std::unique_ptr<Channel>> make_apology_channel(WebhookSettings settings,
                                                                    runtime::Clock& clock);

}  // namespace lupaus::server::compensate
