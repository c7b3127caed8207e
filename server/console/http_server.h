// The HTTP door of the server, for people, probes and proxies: health, metrics, the console's pages
// and the calls under /v1/. Listens on loopback, and on a unix socket for a trusted proxy.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rules/model/result.h"
#include "server/console/calls.h"

namespace lupaus::server::console {

/// Where the console gets what it shows. All are called on its thread and must not block it.
struct ConsoleSources {
  std::function<bool()> ready;           ///< true once events are taken
  std::function<std::string()> metrics;  ///< Prometheus text
  Calls* calls = nullptr;                ///< what is under /v1/; nullptr: nothing
  std::string openapi;                   ///< JSON; "": none
};

struct ConsoleSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 0;               ///< 0: a free one
  std::string proxy_socket;        ///< path of the trusted proxy's socket; "": none
  std::vector<std::string> hosts;  ///< names besides those of loopback, without port
  /// False: visitors on the port are served pages and probes alone, for calls are made by people
  /// whom somebody vouches for.
  bool may_choose_names = true;
  std::string version;
  std::chrono::milliseconds request_limit =
      std::chrono::seconds(10);  ///< from one request's end to the next one's
  std::chrono::milliseconds write_limit = std::chrono::seconds(10);  ///< of each piece
  uint32_t header_bytes_max = 16'384;
  uint64_t body_bytes_max = 8 * 1024 * 1024;     ///< a book of promises as JSON
  uint64_t bodies_bytes_max = 64 * 1024 * 1024;  ///< of all requests at once; above it 503
  size_t connections_max = 1'024;  ///< above it the newest is closed at once; each open stream has
                                   ///< one, and each its descriptor
};

/// Owns its thread. `sources` must outlive it, and so must whatever its callbacks use until `stop`
/// has returned.
class HttpServer {
 public:
  HttpServer(ConsoleSettings settings, ConsoleSources sources);
  ~HttpServer();

  /// Listens and begins to serve. Error `cannot_listen` names the address and the reason.
  rules::model::Result<void> start();
  /// Closes every connection; answers that come later are dropped.
  void stop();
  /// The port it listens on, once started.
  uint16_t port() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace lupaus::server::console
