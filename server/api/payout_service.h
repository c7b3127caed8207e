// Finance's door: compensations, payout batches, their proof, vouchers.
#pragma once

#include <memory>

#include "server/api/payout_ports.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

/// lupaus.v1.PayoutService. Lives as long as the loop and the storage. Repeated request ids of one
/// caller get the first answer again; the last 4,096 of each method are remembered, in memory.
class PayoutService {
 public:
  PayoutService(runtime::EngineLoop& loop, const runtime::Storage& storage, PayoutPorts ports = {});
  ~PayoutService();
  grpc::Service& service();
  /// Ends proofs that run. Any thread.
  void close();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
