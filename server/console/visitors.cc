#include "server/console/visitors.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "server/console/escapes.h"
#include "server/console/refusal.h"
#include "server/wire/person_name.h"

namespace lupaus::server::console {
namespace {

using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kCookie = "lupaus-name=";
constexpr size_t kKeyBytes = 32;

/// The value of our cookie, as sent; the first if there are several.
std::string_view our_cookie(std::string_view cookies) {
  while (!cookies.empty()) {
    std::string_view one = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(kCookie)) return one.substr(kCookie.size());
  }
  return {};
}

std::string_view kind_text(Visitor::Kind kind) {
  switch (kind) {
    case Visitor::Kind::chosen:
      return "chosen";
    case Visitor::Kind::proxy:
      return "proxy";
    case Visitor::Kind::nobody:
      break;
  }
  return "nobody";
}

Result<Visitor> read_proxy(const Request& request) {
  const auto name = unescape_segment(request.proxy_name);
  if (!name || !wire::is_person_name(*name)) {
    return Error{"unauthenticated",
                 "expected the proxy to tell a name of 1 to 128 printable characters",
                 "it belongs into the header Lupaus-Name, percent-encoded beyond ASCII",
                 {}};
  }
  std::string roles = request.proxy_roles;
  roles.erase(std::remove(roles.begin(), roles.end(), ' '), roles.end());
  return Visitor{Visitor::Kind::proxy, *name, std::move(roles)};
}

}  // namespace

Visitors::Visitors() : key_(kKeyBytes, '\0') {
  rules::model::ensure(
      RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), static_cast<int>(key_.size())) == 1,
      "random bytes are to be had");
}

Result<Visitor> Visitors::read(const Request& request) const {
  if (request.is_from_proxy) return read_proxy(request);
  if (!request.proxy_name.empty() || !request.proxy_roles.empty()) {
    return Error{"forged",
                 "expected no Lupaus-Name and no Lupaus-Roles: this is not the proxy's socket",
                 "a trusted proxy talks to http.proxy_socket",
                 {}};
  }
  const auto name = unescape_segment(our_cookie(request.cookie));
  if (!name || !wire::is_person_name(*name)) return Visitor{};
  return Visitor{Visitor::Kind::chosen, *name, ""};
}

std::string Visitors::csrf(const Visitor& visitor) const {
  const std::string text = fmt::format("{}\n{}", kind_text(visitor.kind), visitor.name);
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &size);
  std::string token;
  for (size_t i = 0; i < std::min<size_t>(size, 16); ++i) token += fmt::format("{:02x}", made[i]);
  return token;
}

bool Visitors::is_csrf(const Visitor& visitor, std::string_view token) const {
  const std::string expected = csrf(visitor);
  return token.size() == expected.size() &&
         CRYPTO_memcmp(token.data(), expected.data(), expected.size()) == 0;
}

std::string Visitors::cookie(std::string_view name) {
  return fmt::format("{}{}; Path=/; HttpOnly; SameSite=Strict{}", kCookie, escape(name),
                     name.empty() ? "; Max-Age=0" : "");
}

std::string Visitors::to_json(const Visitor& visitor, std::string_view version) const {
  std::string roles;
  for (std::string_view rest = visitor.roles; !rest.empty();) {
    const std::string_view role = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), role.size() + 1));
    roles += (roles.empty() ? "" : ",") + json_text(role);
  }
  return fmt::format(
      R"({{"name":{},"authenticated":{},"roles":[{}],"kind":"{}","csrf":"{}","version":{}}})",
      json_text(visitor.name), visitor.kind == Visitor::Kind::proxy, roles, kind_text(visitor.kind),
      csrf(visitor), json_text(version));
}

}  // namespace lupaus::server::console
