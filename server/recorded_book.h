// Books out of the journal: what was published once, as it was understood then.
#pragma once

#include <span>
#include <string>

#include "rules/model/book.h"

namespace lupaus::server {

/// The book of these sources over the zone tables that were recorded with it; null when they do not
/// compile any more.
rules::model::BookPtr compile_recorded(std::span<const rules::model::SourceFile> files,
                                       std::span<const rules::model::ZoneTable> zones,
                                       const std::string& tz_version);

}  // namespace lupaus::server
