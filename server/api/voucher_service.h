// Vouchers, as a counter looks at them and a terminal prints them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rules/model/result.h"

namespace grpc {
class Service;
}
namespace lupaus::server::runtime {
class EngineLoop;
}  // namespace lupaus::server::runtime

namespace lupaus::server::api {

/// What only the composition knows of codes. Any thread.
struct VoucherCodes {
  /// A code as a person types it in its one written form; an error when its check digits are wrong.
  std::function<rules::model::Result<std::string>(std::string_view text)> read;
  /// The code as a QR code: an SVG document, or text for a terminal.
  std::function<rules::model::Result<std::string>(const std::string& code, bool is_svg)> draw;
};

/// lupaus.v1.VoucherService. Lives as long as the loop.
class VoucherService {
 public:
  VoucherService(runtime::EngineLoop& loop, VoucherCodes codes);
  ~VoucherService();
  grpc::Service& service();

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lupaus::server::api
