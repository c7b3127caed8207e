// The codec port over the durable forms of row.proto.
#pragma once

#include <memory>

#include "server/runtime/storage.h"
#include "server/store/row_codec.h"

namespace lupaus::server::store {

/// Thread-safe; `books` compiles the books of facts.
std::shared_ptr<const runtime::Codec> make_codec(std::shared_ptr<BookShelf> books);

/// Table::books; the fact alone in a row.
runtime::Row book_row(const rules::model::Fact& fact);
/// Table::meta, under kRestoredKey; the fact alone in a row.
runtime::Row restored_row(const rules::model::Fact& fact);
/// Table::rejected.
runtime::Row rejected_row(const rules::model::Fact& fact, bool is_retried);
/// Table::breaches.
runtime::Row breach_row(const rules::model::VerdictLine& line);

}  // namespace lupaus::server::store
