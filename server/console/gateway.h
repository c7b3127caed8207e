// The calls behind /v1/: makes a request of what came over HTTP, calls the service in this process
// and sends its answers as JSON, as events or as a file.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/console/calls.h"
#include "server/console/route_table.h"

namespace grpc {
class Channel;
}

namespace lupaus::server::console {

struct GatewaySettings {
  /// Each may hold a thread of the services; what is above is told to come again.
  size_t unary_calls_max = 64;
  size_t streams_max = 768;
  /// Of one visitor; above it he alone is told to come again. Whoever gives no name is one visitor
  /// together with all who give none.
  size_t unary_calls_a_visitor_max = 16;
  size_t streams_a_visitor_max = 384;
  std::chrono::milliseconds unary_limit = std::chrono::seconds(60);
};

/// Owns its threads. JSON is made on them, never on those that carry the branches' streams; small
/// requests are read on the door's thread, others on one for them. Of each stream at most one
/// answer is held: the next one is read when the client has taken it.
class Gateway final : public Calls {
 public:
  /// `channel` leads into this process; the services behind it outlive `stop`.
  Gateway(std::shared_ptr<grpc::Channel> channel, GatewaySettings settings = {});
  ~Gateway() override;

  const RouteTable& table() const;
  std::string verbs(std::string_view path) const override;
  void call(Request request, const Visitor& visitor, std::shared_ptr<Exchange> exchange) override;
  /// Cancels every call and waits for its end; later ones are refused. The door is closed before.
  void stop();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::console
