// The list of rejected events, read from storage.
#pragma once

#include "lupaus/v1/event.pb.h"
#include "rules/model/fact.h"
#include "rules/model/result.h"

namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::ingest {

/// Rejected events, ascending by position; the page token is the next position.
rules::model::Result<v1::ListRejectedEventsResponse> list_rejected(
    const v1::ListRejectedEventsRequest& request, const runtime::Storage& storage,
    runtime::EngineLoop& loop);

/// The rejected event at `position`; "not_found" when another fact is there or none.
rules::model::Result<v1::RejectedEvent> find_rejected(rules::model::Position position,
                                                      const runtime::Storage& storage);

}  // namespace lupaus::server::ingest
