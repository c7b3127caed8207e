// A compensation to send about, for the tests of channels and outbox.
#pragma once

#include <cstdint>
#include <string>

#include "rules/ledger/entities.h"

namespace lupaus::server::compensate {

inline rules::ledger::Compensation sample(
    uint64_t number, rules::model::Instrument instrument = rules::model::Instrument::webhook) {
  rules::ledger::Compensation compensation;
  compensation.number = number;
  compensation.key = {"helsinki-1", "20260105-A" + std::to_string(number), "served-in-15", 2, 1};
  compensation.customer = "c-" + std::to_string(number);
  compensation.amount = rules::model::Money{{{'E', 'U', 'R'}}, 1000};
  compensation.instrument = instrument;
  compensation.owed_at = rules::model::from_unix_ms(1767596400123);
  compensation.due_on = rules::model::LocalDate{2026, 1, 12};
  return compensation;
}

}  // namespace lupaus::server::compensate
