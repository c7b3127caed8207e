// The ways out of the house as the configuration names them: vouchers always, webhook and apology
// where a webhook is configured; and what metrics show of their outbox.
#pragma once

#include <memory>
#include <vector>

#include "rules/model/result.h"
#include "server/api/voucher_service.h"
#include "server/compensate/channel.h"
#include "server/compensate/outbox.h"
#include "server/config/config.h"
#include "server/runtime/engine_loop.h"
#include "server/telemetry/metrics.h"

namespace lupaus::server {

/// Secrets are read here, once. The voucher secret is made in the first start alone. Errors: a
/// secret that is missing or exposed, a URL or host that is not allowed.
rules::model::Result<std::vector<std::unique_ptr<compensate::Channel>>> make_channels(
    const config::Config& config, runtime::Clock& clock, bool is_first_start);

/// The outbox's way to the loop, with the operator's log and the promises' words. Both must outlive
/// the outbox.
compensate::OutboxPorts outbox_ports(runtime::EngineLoop& loop, const runtime::Storage& storage);

/// How codes of vouchers are read and drawn.
api::VoucherCodes voucher_codes();

/// The outbox must outlive what reads the metrics.
void show_figures(const compensate::Outbox& outbox, telemetry::Registry& metrics);

}  // namespace lupaus::server
