#include "server/compensate/url.h"

#include <algorithm>
#include <charconv>

namespace lupaus::server::compensate {
namespace {

using rules::model::Error;
using rules::model::Result;

Error bad_url(std::string_view text, std::string_view why) {
  return Error{"bad_url",
               "expected a URL such as `https://bank.example/pay`, but `" + std::string(text) +
                   "` " + std::string(why),
               "",
               {}};
}

/// Splits "host", "host:port", "[::1]:port".
bool split_authority(std::string_view authority, Url& url) {
  std::string_view host = authority, port;
  if (!authority.empty() && authority.front() == '[') {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return false;
  } else if (const size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return false;
  }
  if (host.empty()) return false;
  if (!port.empty()) {
    uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0) return false;
    url.port = std::to_string(number);
  }
  url.host = std::string(host);
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return true;
}

using Four = boost::asio::ip::address_v4;
using Six = boost::asio::ip::address_v6;

struct Range {
  uint32_t first;
  int bits;
};
/// RFC 6890 and its updates: what no host of the public internet has.
constexpr Range kNotPublic[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared by providers
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local, the metadata services of clouds among them
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, and broadcast
};

bool is_public(const Four& address) {
  return std::none_of(std::begin(kNotPublic), std::end(kNotPublic), [&](const Range& range) {
    return (address.to_uint() ^ range.first) >> (32 - range.bits) == 0;
  });
}

Four embedded(const Six::bytes_type& bytes, size_t at) {
  return Four({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool is_public(const Six& address) {
  const auto bytes = address.to_bytes();
  const auto starts_with = [&](std::initializer_list<unsigned char> prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
  };
  // WHY: addresses that wrap one of version 4 are as public as what they wrap.
  if (address.is_v4_mapped() || starts_with({0x00, 0x64, 0xff, 0x9b})) {
    return is_public(embedded(bytes, 12));
  }
  if (starts_with({0x20, 0x02})) return is_public(embedded(bytes, 2));
  return (bytes[0] & 0xe0) == 0x20 &&
         !starts_with({0x20, 0x01, 0x00, 0x00});  // 2000::/3, no Teredo
}

}  // namespace

Result<Url> read_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.is_tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad_url(text, "is neither http nor https");
  }
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_plain) return bad_url(text, "holds a space or a character that must be escaped");
  if (rest.find('#') != std::string_view::npos) return bad_url(text, "has a fragment");
  const size_t path = std::min(rest.find('/'), rest.find('?'));
  const std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != std::string_view::npos) return bad_url(text, "carries a user name");
  url.port = url.is_tls ? "443" : "80";
  if (!split_authority(authority, url)) return bad_url(text, "has no valid host and port");
  url.target = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
  if (url.target.front() == '?') url.target.insert(0, "/");
  return url;
}

bool is_public_address(const boost::asio::ip::address& address) {
  return address.is_v6() ? is_public(address.to_v6()) : is_public(address.to_v4());
}

}  // namespace lupaus::server::compensate
