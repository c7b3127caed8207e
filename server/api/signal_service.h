// Warnings, breaches and vouchers to branches, while there is still time.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

class KnownNames;

/// lupaus.v1.SignalService. Made before the loop starts (it follows the journal); lives until the
/// gRPC server has shut down and the loop has stopped.
class SignalService {
 public:
  SignalService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                const KnownNames& names);
  ~SignalService();
  grpc::Service& service();
  /// Ends all watches. Before the gRPC server shuts down; any thread.
  void close();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
