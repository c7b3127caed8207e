// Finance's door to the payees: they go in and are erased; names and numbers never come out.
#pragma once

#include <memory>

namespace grpc {
class Service;
}
namespace lupaus::server::payees {
class Payees;
}

namespace lupaus::server::api {

/// lupaus.v1.PayeeService. An authenticated caller needs the role finance.
class PayeeService {
 public:
  /// `payees` outlives it; nullptr where none are configured: every call is refused with the way
  /// there.
  explicit PayeeService(payees::Payees* payees);
  ~PayeeService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
