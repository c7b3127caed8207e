// What a start does before the loop takes anything: state from its rows and the journal's tail.
#pragma once

#include "rules/ledger/step.h"
#include "server/runtime/storage.h"
#include "server/runtime/ticket_archive.h"

namespace lupaus::server::runtime {

/// Restores `state`, which must be fresh, as it was after the last durable fact; `archive` must be
/// open. Gives the instant of the last fact (kBeginningOfTime when there is none): time never goes
/// on before it. An error says what is damaged.
rules::model::Result<rules::model::Instant> recover(Storage& storage, TicketArchive& archive,
                                                    rules::ledger::State& state);

}  // namespace lupaus::server::runtime
