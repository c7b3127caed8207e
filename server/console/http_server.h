// The HTTP door of the server, for people and for probes: /healthz, /readyz, /metrics, /v1/tickets
// and the live board at
// /. Read-only; what it shows it asks of callbacks that the composition root gives it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rules/model/result.h"

namespace lupaus::server::console {

/// The query parameters of GET /v1/tickets: those of lupaus.v1.ListTicketsRequest.
struct TicketsQuery {
  std::string branch;
  bool is_at_risk = false;  ///< `at_risk=true`
  bool is_open = false;     ///< `open=true`
  int32_t page_size = 0;    ///< 0: the service's own
  std::string page_token;
};

struct JsonAnswer {
  int status = 200;
  std::string json;
};

/// Where the console gets what it shows. All are called on its thread and must not block it.
struct ConsoleSources {
  std::function<bool()> ready;           ///< true once events are taken
  std::function<std::string()> metrics;  ///< Prometheus text
  /// Calls `answer` once, on any thread, now or later.
  std::function<void(const TicketsQuery&, std::function<void(JsonAnswer)> answer)> tickets;
};

struct ConsoleSettings {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  ///< 0: a free one
  std::chrono::milliseconds request_limit =
      std::chrono::seconds(10);  ///< from one request's end to the next one's
  std::chrono::milliseconds write_limit = std::chrono::seconds(10);
  uint32_t header_bytes_max = 8'192;
  uint64_t body_bytes_max = 1'024;  ///< nothing here needs a body
  size_t connections_max = 256;     ///< above it the newest is closed at once
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
