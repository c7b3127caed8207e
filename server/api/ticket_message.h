// Tickets and silent sources on the wire, for lists and for the live board.
#pragma once

#include <span>
#include <string>

#include "rules/ledger/step.h"
#include "rules/model/instant.h"
#include "server/api/held_verdicts.h"

namespace lupaus::v1 {
class SilentSource;
class Ticket;
}  // namespace lupaus::v1

namespace lupaus::server::api {

/// A source that told something since is not called silent: it sends a heartbeat each second.
inline constexpr auto kSilent = std::chrono::seconds(10);

bool is_running(const rules::engine::Commitment& commitment);
/// It runs, and was warned about or is broken.
bool is_at_risk(const rules::engine::Commitment& commitment);

/// `commitments` as of `now`; personal attributes are left out.
void to_message(const rules::ledger::State& state, rules::model::TicketSlot slot,
                rules::model::Instant now, std::span<const rules::engine::Commitment> commitments,
                v1::Ticket& message);

void to_message(const std::string& source, const HeldVerdicts& held, v1::SilentSource& message);

}  // namespace lupaus::server::api
