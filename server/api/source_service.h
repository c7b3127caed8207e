// Sources and what hangs on their silence; taking one out of use.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// lupaus.v1.SourceService. Lives as long as the loop.
class SourceService {
 public:
  explicit SourceService(runtime::EngineLoop& loop);
  ~SourceService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
