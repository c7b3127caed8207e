// Requests over http and https with a time limit. Keeps connections open for the next request,
// follows no redirect, reads a bounded answer, and connects to no address inside the house unless
// it is told to.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/model/result.h"
#include "server/compensate/url.h"

namespace lupaus::server::compensate {

struct HttpRequest {
  bool is_get = false;                                       ///< else POST
  std::vector<std::pair<std::string, std::string>> headers;  ///< Host and Content-Length are added
  std::string body;
};
struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

struct HttpSettings {
  std::chrono::milliseconds limit =
      std::chrono::seconds(10);  ///< for connecting, and again for the exchange
  std::string authorities = {};  ///< PEM file to verify https with; empty: the system's
  /// Addresses, as text, that may be connected to though they are not public.
  std::vector<std::string> allowed_addresses = {};
  bool allow_private = false;  ///< any address may be connected to
};

/// Thread-safe; each exchange has a connection to itself, which is kept for the next one when the
/// receiver keeps it open too. A name is resolved for each connection, and connected to at the
/// very addresses that were checked, so a name that moves into the house is not followed there.
class HttpClient {
 public:
  explicit HttpClient(HttpSettings settings);
  ~HttpClient();

  /// Blocks up to twice the limit, and while the name is resolved. One request is sent once. https
  /// verifies chain and host name. Errors: `no_answer`: nobody can say whether the request arrived;
  /// `address_not_allowed`: it was not sent.
  rules::model::Result<HttpAnswer> exchange(const Url& url, const HttpRequest& request);

 private:
  class Desk;
  std::unique_ptr<Desk> desk_;
};

}  // namespace lupaus::server::compensate
