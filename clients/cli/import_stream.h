// Sends sorted events to a server as history: one stream, every source of the table on it,
// acknowledged window by window.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "clients/cli/context.h"
#include "clients/cli/import_sort.h"

namespace lupaus::clients::cli {

struct StreamedCounts {
  uint64_t sent = 0;      ///< acknowledged
  uint64_t known = 0;     ///< the server had them from an earlier import of the same table
  uint64_t rejected = 0;  ///< kept by the server, but not applied
};

/// Streams everything that `next` gives (false: the end) and closes each source with a heartbeat
/// just after `as_of`: all is told. Prints the first rejected events. nullopt when it failed; the
/// complaint is printed and the exit code set. Running it again goes on where an interrupted one
/// stopped.
std::optional<StreamedCounts> stream_events(
    Context& context, const EventSorter& sorter, rules::model::Instant as_of,
    const std::function<rules::model::Result<bool>(SortedEvent&)>& next);

}  // namespace lupaus::clients::cli
