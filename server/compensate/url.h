// Addresses that the channels may be told to go to: how they are read, and which lie inside a house
// rather than on the public internet.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>

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

/// False for loopback, private, link-local, multicast and reserved addresses, also where one of
/// version 6 wraps such a one of version 4.
bool is_public_address(const boost::asio::ip::address& address);

}  // namespace lupaus::server::compensate
