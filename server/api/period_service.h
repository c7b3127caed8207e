// Months of the books: closed once, in order, by a person.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// lupaus.v1.PeriodService. Lives as long as the loop.
class PeriodService {
 public:
  explicit PeriodService(runtime::EngineLoop& loop);
  ~PeriodService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
