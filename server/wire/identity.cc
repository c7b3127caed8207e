// Certificates and metadata to identities.
#include "server/wire/identity.h"

#include <grpcpp/server_context.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "fmt/format.h"
#include "server/wire/person_name.h"

namespace lupaus::server::wire {
namespace {

using rules::model::Actor;
using rules::model::ensure;
using rules::model::Error;
using rules::model::Result;

constexpr std::string_view kSourcePrefix = "lupaus:source/";
constexpr std::string_view kPersonPrefix = "lupaus:person/";
constexpr std::array<std::string_view, 5> kRoles = {"author", "branch", "manager", "finance",
                                                    "operator"};

Error unauthenticated(std::string message) {
  return Error{"unauthenticated",
               std::move(message),
               "a client certificate carries one SAN URI: lupaus:source/PREFIX or "
               "lupaus:person/NAME?role=ROLE",
               {}};
}

bool is_known_role(std::string_view role) {
  for (std::string_view known : kRoles) {
    if (role == known) return true;
  }
  return false;
}

Result<void> check_roles(std::string_view roles) {
  while (true) {
    const size_t comma = roles.find(',');
    const std::string_view role = roles.substr(0, comma);
    if (!is_known_role(role)) {
      return unauthenticated(
          fmt::format("expected a role of {}, but got `{}`", fmt::join(kRoles, ", "), role));
    }
    if (comma == std::string_view::npos) return {};
    roles.remove_prefix(comma + 1);
  }
}

Result<Identity> person(std::string_view text) {
  Identity identity{Identity::Kind::person, true, "", ""};
  size_t question = text.find('?');
  identity.name = std::string(text.substr(0, question));
  if (identity.name.empty())
    return unauthenticated("expected a person's name in the certificate, but it is empty");
  if (question == std::string_view::npos) return identity;
  std::string_view query = text.substr(question + 1);
  if (!query.starts_with("role=")) {
    return unauthenticated(
        fmt::format("expected `role=` in the certificate's name, but got `{}`", query));
  }
  std::string_view roles = query.substr(5);
  identity.roles = std::string(roles);
  if (Result<void> known = check_roles(roles); !known) return known.error();
  return identity;
}

/// Turns %XX back into the byte; anything else stays as it is.
std::string from_ascii(std::string_view text) {
  std::string name;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      name += static_cast<char>(byte);
      i += 2;
    } else {
      name += text[i];
    }
  }
  return name;
}

Result<void> check_name(std::string_view name, std::string_view where) {
  if (is_person_name(name)) return {};
  return unauthenticated(fmt::format(
      "expected a name of 1 to 128 printable characters without spaces around it in {}", where));
}

constexpr std::string_view kVisitorKey = "lupaus-visitor";
constexpr size_t kSecretBytes = 32;

std::string make_secret() {
  std::array<unsigned char, kSecretBytes> drawn{};
  ensure(RAND_bytes(drawn.data(), drawn.size()) == 1, "random bytes are to be had");
  std::string secret;
  for (unsigned char byte : drawn) secret += fmt::format("{:02x}", byte);
  return secret;
}

/// Of this process, for as long as it lives.
const std::string& secret() {
  static const std::string drawn = make_secret();
  return drawn;
}

/// The other way of from_ascii.
std::string to_ascii(std::string_view text) {
  std::string ascii;
  for (unsigned char c : text) {
    if (c > 0x20 && c < 0x7F && c != '%') {
      ascii += static_cast<char>(c);
    } else {
      ascii += fmt::format("%{:02X}", c);
    }
  }
  return ascii;
}

/// "SECRET 1 ROLES NAME", the last two percent-encoded; `peer` as gRPC tells it.
Result<Identity> visitor(std::string_view text, std::string_view peer) {
  const std::string_view expected = secret();
  const bool is_outside =
      peer.starts_with("ipv4:") || peer.starts_with("ipv6:") || peer.starts_with("unix:");
  const bool is_ours = !is_outside && text.size() > expected.size() + 2 &&
                       CRYPTO_memcmp(text.data(), expected.data(), expected.size()) == 0 &&
                       text[expected.size()] == ' ';
  if (!is_ours) {
    return unauthenticated(
        fmt::format("expected no `{}` in a call from outside this process", kVisitorKey));
  }
  text.remove_prefix(expected.size() + 1);
  const bool is_authenticated = text.starts_with("1 ");
  text.remove_prefix(2);
  const size_t space = text.find(' ');
  const std::string roles = from_ascii(text.substr(0, space));
  const std::string name = from_ascii(text.substr(space + 1));
  if (name.empty()) return Identity{};
  if (Result<void> checked = check_name(name, "the session"); !checked) return checked.error();
  if (!is_authenticated) return Identity{Identity::Kind::person, false, name, ""};
  Identity identity{Identity::Kind::person, true, name, roles};
  if (roles.empty()) return identity;
  if (Result<void> known = check_roles(roles); !known) return known.error();
  return identity;
}

Result<Identity> identity_of_call(const grpc::ServerContextBase& context) {
  const auto& metadata = context.client_metadata();
  if (const auto told = metadata.find(grpc::string_ref(kVisitorKey.data(), kVisitorKey.size()));
      told != metadata.end()) {
    return visitor({told->second.data(), told->second.size()}, context.peer());
  }
  std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth != nullptr && auth->IsPeerAuthenticated()) {
    std::vector<std::string> names;
    for (const grpc::string_ref& name : auth->FindPropertyValues("x509_subject_alternative_name")) {
      names.emplace_back(name.data(), name.size());
    }
    return identity_of_certificate(names);
  }
  auto found = metadata.find("lupaus-actor");
  if (found == metadata.end()) return Identity{};
  Identity identity{Identity::Kind::person, false,
                    from_ascii({found->second.data(), found->second.size()}), ""};
  if (Result<void> checked = check_name(identity.name, "`lupaus-actor`"); !checked) {
    return checked.error();
  }
  return identity;
}

}  // namespace

std::shared_ptr<const Actor> Identity::actor() const {
  if (kind == Kind::anonymous) {
    return std::make_shared<const Actor>(Actor{Actor::Kind::person, false, "", ""});
  }
  Actor::Kind of = kind == Kind::source ? Actor::Kind::source : Actor::Kind::person;
  return std::make_shared<const Actor>(Actor{of, is_authenticated, name, roles});
}

std::shared_ptr<const Actor> Identity::actor_for_source(std::string_view source) const {
  if (kind != Kind::anonymous) return actor();
  return std::make_shared<const Actor>(Actor{Actor::Kind::source, false, std::string(source), ""});
}

bool Identity::may_send_for(std::string_view source) const {
  if (kind != Kind::source) return true;
  if (!source.starts_with(name)) return false;
  return source.size() == name.size() || name.ends_with('/') || source[name.size()] == '/';
}

Result<Identity> identity_of_certificate(std::span<const std::string> alternative_names) {
  const std::string* ours = nullptr;
  for (const std::string& name : alternative_names) {
    if (!name.starts_with("lupaus:")) continue;
    if (ours != nullptr)
      return unauthenticated("expected one lupaus: name in the certificate, but it has several");
    ours = &name;
  }
  if (ours == nullptr)
    return unauthenticated("expected a lupaus: name in the certificate, but it has none");
  std::string_view text = *ours;
  if (text.starts_with(kPersonPrefix)) return person(text.substr(kPersonPrefix.size()));
  if (!text.starts_with(kSourcePrefix) || text.size() == kSourcePrefix.size()) {
    return unauthenticated(
        fmt::format("expected a source or a person, but the certificate says `{}`", text));
  }
  return Identity{Identity::Kind::source, true, std::string(text.substr(kSourcePrefix.size())), ""};
}

Result<Identity> identity_of(const grpc::ServerContext& context) {
  return identity_of_call(context);
}
Result<Identity> identity_of(const grpc::CallbackServerContext& context) {
  return identity_of_call(context);
}

std::pair<std::string, std::string> metadata_of_visitor(const Identity& visitor) {
  return {std::string(kVisitorKey),
          fmt::format("{} {} {} {}", secret(), visitor.is_authenticated ? 1 : 0,
                      to_ascii(visitor.roles), to_ascii(visitor.name))};
}

Result<void> require_person(const Identity& identity) {
  if (identity.kind != Identity::Kind::source) return {};
  return Error{"forbidden",
               fmt::format("`{}` is a source: only people may do this", identity.name),
               "use a certificate with a lupaus:person/… name",
               {}};
}

Result<void> require_name(const Identity& identity) {
  if (identity.kind != Identity::Kind::anonymous) return {};
  return Error{"who", "this needs to know who acts", "name yourself with `--as NAME`", {}};
}

}  // namespace lupaus::server::wire
