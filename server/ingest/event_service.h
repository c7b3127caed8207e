// The door for events: streams of sources, single calls of small devices, and the list of what was
// rejected.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime
namespace lupaus::server::telemetry {
class Registry;
}

namespace lupaus::server::ingest {

struct IngestSettings {
  uint32_t window_batches =
      16;  ///< unacknowledged batches a stream; above it the stream is not read
  uint32_t max_message_bytes = 64 * 1024;  ///< of a stream or CreateEvents; a larger one is refused
  uint32_t streams_max = 20'000;           ///< open at once
  uint32_t catching_up_max = 1'024;        ///< that say hello or send a backlog at once
};

/// lupaus.v1.EventService over one engine loop. Made before the loop starts (it follows the
/// journal); lives until the gRPC server has shut down and the loop has stopped. Never decides
/// about an event: it checks the form of messages, submits, and acknowledges what is durable.
class EventService {
 public:
  EventService(runtime::EngineLoop& loop, const runtime::Storage& storage, IngestSettings settings,
               telemetry::Registry& metrics);
  ~EventService();

  grpc::Service& service();
  /// The last sequence that the source said it has in this epoch; 0: it said nothing since the
  /// server's start. Any thread.
  uint64_t announced(std::string_view source, uint64_t epoch) const;
  /// Ends calls that follow the journal. Before the gRPC server shuts down; any thread.
  void close();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::ingest
