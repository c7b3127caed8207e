// Sources and what hangs on their silence; taking one out of use.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

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
  /// The last sequence that a source said it has in an epoch; 0: unknown. Any thread.
  using Announced = std::function<uint64_t(std::string_view source, uint64_t epoch)>;
  SourceService(runtime::EngineLoop& loop, Announced announced);
  ~SourceService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
