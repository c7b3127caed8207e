// The rows that are drawn from facts in the same write as the facts themselves: books, rejected
// events, breaches.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/runtime/storage.h"

namespace lupaus::server::store {

/// What is durable under a key now.
using Lookup = std::function<rules::model::Result<std::optional<std::string>>(
    runtime::Table table, std::string_view key)>;

/// Appends the rows that follow from the set to `rows`; later ones win. What a compensation row in
/// the set says of money goes into its breach's row. Errors: those of `lookup`, and damage in what
/// it found.
rules::model::Result<void> draw_rows(const runtime::WriteSet& set, const runtime::Codec& codec,
                                     const Lookup& lookup, std::vector<runtime::Row>& rows);

}  // namespace lupaus::server::store
