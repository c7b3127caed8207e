// From a request line to an answer: the whole list of what the console serves. Pure but for the
// callbacks it asks.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/console/http_server.h"

namespace lupaus::server::console {

/// What is sent, beside the headers that every answer carries.
struct Reply {
  int status = 200;
  std::string content_type;
  std::string body;
  std::string allow;  ///< of a 405
};

/// Answers a request by calling `send` exactly once, at once or later, on any thread. `method` is
/// the verb as sent, `target` the raw request target.
void route(const ConsoleSources& sources, std::string_view method, std::string_view target,
           std::function<void(Reply)> send);

/// The headers that every answer carries: name and value.
struct Header {
  std::string_view name, value;
};
extern const Header kHeaders[6];

/// A JSON error body: {"code":404,"message":"…"}.
Reply refuse(int status, std::string_view message);

}  // namespace lupaus::server::console
