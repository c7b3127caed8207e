// Live tickets, and the proof of their verdicts.
#pragma once

#include <memory>

#include "rules/model/result.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime
namespace lupaus::v1 {
class ListTicketsRequest;
class ListTicketsResponse;
}  // namespace lupaus::v1

namespace lupaus::server::api {

class KnownNames;

/// lupaus.v1.TicketService. Made before the loop starts (its boards follow the journal); lives
/// until the gRPC server has shut down and the loop has stopped. Never changes anything.
class TicketService {
 public:
  TicketService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                const KnownNames& names);
  ~TicketService();
  grpc::Service& service();
  /// Ends all watches. Before the gRPC server shuts down; any thread.
  void close();

  /// ListTickets in process, for the console. Blocks while it walks the tickets; not on a thread of
  /// the loop.
  rules::model::Result<void> list(const v1::ListTicketsRequest& request,
                                  v1::ListTicketsResponse& response) const;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
