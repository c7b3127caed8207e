// The operator's first question, answered from figures that only the composition has.
#pragma once

#include <functional>
#include <memory>

#include "rules/model/result.h"
#include "server/api/diagnosis.h"

namespace grpc {
class Service;
}

namespace lupaus::server::api {

/// Gathers the figures; called on threads of calls.
using TakeVitals = std::function<rules::model::Result<Vitals>()>;

/// lupaus.v1.DoctorService. Changes nothing.
class DoctorService {
 public:
  explicit DoctorService(TakeVitals take);
  ~DoctorService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
