// All books that were ever published, read from storage.
#pragma once

#include <functional>

#include "rules/model/fact.h"
#include "rules/model/result.h"

namespace lupaus::server::runtime {
class Storage;
}

namespace lupaus::server::api {

/// Calls `visit` for every Published fact, oldest first. The views die with the call. Any thread
/// but the loop's.
rules::model::Result<void> visit_published(
    const runtime::Storage& storage, const std::function<void(const rules::model::Fact&)>& visit);

}  // namespace lupaus::server::api
