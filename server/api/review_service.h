// What is left to a person: verdicts that nobody could prove, compensations that are held.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
}

namespace lupaus::server::api {

/// lupaus.v1.ReviewService. Lives as long as the loop.
class ReviewService {
 public:
  explicit ReviewService(runtime::EngineLoop& loop);
  ~ReviewService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
