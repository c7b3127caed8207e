// Apologies: a message in the customer's language, made from what the promise says of itself. The
// language is the one that finance told of the payee, else the ticket's (attribute `language`),
// else the branch's, else Finnish.
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

/// The language of the payee behind a customer's key; "" where nobody said.
using LanguageOf = std::function<std::string(std::string_view customer)>;

/// What is to be said about a compensation, whether its ticket is still in memory or archived, so
/// that every attempt says the same, unless its payee was given another language meanwhile. Blocks
/// on a query of the loop; any thread but the loop's. Both must outlive it. `language_of` may be
/// empty: no payees are kept.
std::function<Wording(const rules::ledger::Compensation&)> wordings_of(
    runtime::EngineLoop& loop, const runtime::Storage& storage, LanguageOf language_of = {});

}  // namespace lupaus::server::compensate
