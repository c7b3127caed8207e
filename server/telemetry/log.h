// The server's log: one line an occurrence, on standard error, for the people who run it. Any
// thread.
#pragma once

#include <string_view>

namespace lupaus::server::telemetry {

/// Something ordinary that an operator may want to know.
void info(std::string_view message);
/// Something is wrong, but the server goes on by itself.
void warn(std::string_view message);
/// Something failed that a person must mend.
void error(std::string_view message);

}  // namespace lupaus::server::telemetry
