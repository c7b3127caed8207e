// One HTTP POST with a time limit. Follows no redirect, keeps no connection, reads a bounded
// answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/model/result.h"

namespace lupaus::server::compensate {

/// Where a request goes. Made by `read_url` alone, so its parts hold no control characters and no
/// user name.
struct Url {
  bool is_tls = false;
  std::string host;    ///< lower case, without brackets
  std::string port;    ///< decimal
  std::string target;  ///< path and query, begins with '/'
};

/// "https://bank.example:8443/pay?x=1". Error `bad_url`: another scheme, user names, fragments, no
/// host, bad port.
rules::model::Result<Url> read_url(std::string_view text);

struct HttpRequest {
  std::vector<std::pair<std::string, std::string>> headers;  ///< Host and Content-Length are added
  std::string body;
};
struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// Blocks up to `limit` for the whole exchange. https verifies chain and host name against the
/// system's authorities (or `authorities`, a PEM file, when not empty). Error `no_answer`: nobody
/// can say whether the request arrived.
rules::model::Result<HttpAnswer> post(const Url& url, const HttpRequest& request,
                                      std::chrono::milliseconds limit,
                                      const std::string& authorities = {});

}  // namespace lupaus::server::compensate
