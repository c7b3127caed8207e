// Apologies: a message in the customer's language, made from what the promise says of itself. The
// language is the ticket's (attribute `language`), else the branch's, else Finnish.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "server/compensate/channel.h"
#include "server/runtime/engine_loop.h"
#include "server/runtime/storage.h"

namespace lupaus::server::compensate {

/// The message. "We promised: “…” We did not keep …"; without the promise's words where it has
/// none.
std::string apology_text(const Wording& wording);

/// The promise's words in the first of `languages` ("sv", or with a region: "sv-FI") that we can
/// apologise in and the promise speaks; else in any such; else empty text in the first that we
/// know.
Wording choose_wording(const std::map<std::string, std::string>& by_language,
                       std::span<const std::string> languages);

/// What is to be said about a commitment, whether its ticket is still in memory or archived, so
/// that every attempt says the same. Blocks on a query of the loop; any thread but the loop's. Both
/// must outlive it.
std::function<Wording(const rules::model::CommitmentKey&)> wordings_of(
    runtime::EngineLoop& loop, const runtime::Storage& storage);

}  // namespace lupaus::server::compensate
