// What was broken, the figures of it, and late excuses.
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

class KnownNames;

/// lupaus.v1.BreachService over the report projections. Lives as long as the loop.
class BreachService {
 public:
  BreachService(runtime::EngineLoop& loop, const runtime::Storage& storage, const KnownNames& names,
                report::Rollups& rollups);
  ~BreachService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
