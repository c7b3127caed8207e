// A month's report as a director reads it on a terminal: rates against what was promised, cost
// against budget, where and when it went wrong, and what is not known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clients/cli/context.h"

namespace lupaus::v1 {
class Report;
}

namespace lupaus::clients::cli {

/// Lines with their ends. Colour only where the context has it.
std::string report_text(const Context& context, const lupaus::v1::Report& report);

/// "96.20%" of millionths.
std::string percent_text(int64_t ppm);
/// Millionths of "95%" or "99.5%", at most 100 %; nullopt when it is none.
std::optional<int64_t> read_percent(std::string_view text);
/// "1 h 05 min", "12 min 30 s", "4.2 s" of milliseconds.
std::string length_text(int64_t ms);

}  // namespace lupaus::clients::cli
