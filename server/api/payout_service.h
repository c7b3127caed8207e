// Finance's door: compensations, payout batches, vouchers.
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

/// lupaus.v1.PayoutService. Lives as long as the loop. Repeated request ids of one caller get the
/// first answer again; the last 4,096 are remembered, in memory.
class PayoutService {
 public:
  explicit PayoutService(runtime::EngineLoop& loop);
  ~PayoutService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
