// What was broken, and the figures of it.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
class Storage;
}  // namespace lupaus::server::runtime
namespace lupaus::server::report {
class Rollups;
}

namespace lupaus::server::api {

/// lupaus.v1.BreachService over the report projections. Lives as long as the loop; never changes
/// anything.
class BreachService {
 public:
  BreachService(runtime::EngineLoop& loop, const runtime::Storage& storage,
                report::Rollups& rollups);
  ~BreachService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
