// Finance's other door: what banks answer to payment files.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// lupaus.v1.PayoutResultService. Lives as long as the loop. Takes one file at a time. A repeated
/// request id of one caller gets the first answer again; the last 8 are remembered, in memory: a
/// file that comes again later records nothing anyway.
class PayoutResultService {
 public:
  explicit PayoutResultService(runtime::EngineLoop& loop);
  ~PayoutResultService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
