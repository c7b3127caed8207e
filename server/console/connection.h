// One connection of a client, and what connections share. No Beast in the header.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <set>

#include "server/console/http_server.h"
#include "server/console/router.h"

namespace lupaus::server::console {

/// Reads a request, answers it, again. Lives in the hall until it is closed, on the hall's thread.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void start() = 0;
  virtual void close() = 0;
};

/// What connections share; belongs to the loop's thread. Whoever answers may hold it a little
/// longer.
struct Hall : std::enable_shared_from_this<Hall> {
  Hall(ConsoleSettings settings_of, ConsoleSources sources_of)
      : settings(std::move(settings_of)),
        sources(std::move(sources_of)),
        router(settings, sources) {}
  const ConsoleSettings settings;
  const ConsoleSources sources;
  const Router router;
  std::set<std::shared_ptr<Connection>> connections;
  uint64_t bodies_bytes = 0;  ///< announced by requests that are not answered yet
  boost::asio::io_context loop{
      1};  // last: destroyed first, while what its handlers refer to is still there
};

using Socket = boost::asio::generic::stream_protocol::socket;

/// `is_proxy`: it came by the trusted proxy's socket.
std::shared_ptr<Connection> make_connection(Hall& hall, Socket socket, bool is_proxy);

}  // namespace lupaus::server::console
