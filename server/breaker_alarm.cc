#include "server/breaker_alarm.h"

#include <chrono>
#include <variant>

#include "fmt/format.h"
#include "rules/ledger/breaker.h"
#include "server/telemetry/log.h"

namespace lupaus::server {

BreakerAlarm::BreakerAlarm(telemetry::Registry& metrics)
    : held_(metrics.counter("lupaus_breaker_held_total",
                            "Compensations held because of too many in a branch and hour")) {}

void BreakerAlarm::follow(const runtime::Committed& committed) {
  for (const auto& fact : committed.facts) {
    const auto* owed = std::get_if<rules::model::Owed>(&fact.body);
    if (owed == nullptr || owed->state != rules::model::PaidState::held ||
        owed->reason != rules::ledger::kBreaker)
      continue;
    held_.add();
    const auto hour = rules::model::Instant(std::chrono::floor<std::chrono::hours>(fact.at));
    rules::model::Instant& warned = warned_[owed->key.branch];
    if (warned == hour) continue;
    warned = hour;
    telemetry::warn(fmt::format(
        "payouts of `{}` are held: far more are owed there in this hour than it is used to; see "
        "`lupaus reviews list --branch {} --kind held`",
        owed->key.branch, owed->key.branch));
  }
}

}  // namespace lupaus::server
