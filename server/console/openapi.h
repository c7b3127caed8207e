// The routes and their messages as an OpenAPI 3.1 document.
#pragma once

#include <string>
#include <string_view>

#include "server/console/route_table.h"

namespace lupaus::server::console {

/// JSON. One path a route of the table, and the console's own /session; a schema each message that
/// they reach.
std::string write_openapi(const RouteTable& table, std::string_view version);

}  // namespace lupaus::server::console
