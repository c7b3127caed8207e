// The ways out of the house as the configuration names them: vouchers always, webhook and apology
// where a webhook is configured; and what metrics show of their outbox.
#pragma once

#include <memory>
#include <vector>

#include "rules/model/result.h"
#include "server/api/voucher_service.h"
#include "server/compensate/channel.h"
#include "server/compensate/outbox.h"
#include "server/compensate/signing_secrets.h"
#include "server/config/config.h"
#include "server/runtime/engine_loop.h"
#include "server/telemetry/metrics.h"

namespace lupaus::server::payees {
class Payees;
}

namespace lupaus::server {

/// The channels, and the webhook's secrets, which may be replaced while they work.
struct Channels {
  std::vector<std::unique_ptr<compensate::Channel>> all;
  std::shared_ptr<compensate::SigningSecrets> secrets;  ///< null without a webhook
};

/// The voucher secret is made in the first start alone. Errors: a secret that is missing or
/// exposed, a URL or host that is not allowed.
rules::model::Result<Channels> make_channels(const config::Config& config, runtime::Clock& clock,
                                             bool is_first_start);

/// Reads the webhook's secret files anew; on an error the secrets before stay.
rules::model::Result<void> read_secrets_again(const config::Webhook& webhook,
                                              compensate::SigningSecrets& secrets);

/// The outbox's way to the loop, with the operator's log, the promises' words and the payees'
/// languages (nullptr: none are kept). All must outlive the outbox.
compensate::OutboxPorts outbox_ports(runtime::EngineLoop& loop, const runtime::Storage& storage,
                                     const payees::Payees* payees);

/// How codes of vouchers are read and drawn.
api::VoucherCodes voucher_codes();

/// The outbox must outlive what reads the metrics.
void show_figures(const compensate::Outbox& outbox, telemetry::Registry& metrics);

}  // namespace lupaus::server
