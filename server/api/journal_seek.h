// Finds a place in the journal by time, so that what happened last week is read without what
// happened before.
#pragma once

#include "rules/model/instant.h"
#include "server/runtime/storage.h"

namespace lupaus::server::api {

/// A position at or before that of the first fact recorded at `at` or later, and near it; 1 when
/// there is none before. Reads some thirty rows of the journal, however long it is.
rules::model::Result<rules::model::Position> seek_journal(const runtime::Storage& storage,
                                                          rules::model::Instant at);

}  // namespace lupaus::server::api
