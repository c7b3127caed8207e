// Certificates and metadata to identities.
#include "server/wire/identity.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "fmt/format.h"

namespace lupaus::server::wire {
namespace {

using rules::model::Actor;
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
  while (true) {
    size_t comma = roles.find(',');
    std::string_view role = roles.substr(0, comma);
    if (!is_known_role(role)) {
      return unauthenticated(fmt::format("expected a role of {}, but the certificate says `{}`",
                                         fmt::join(kRoles, ", "), role));
    }
    if (comma == std::string_view::npos) return identity;
    roles.remove_prefix(comma + 1);
  }
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

Result<Identity> identity_of_call(const grpc::ServerContextBase& context) {
  std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth != nullptr && auth->IsPeerAuthenticated()) {
    std::vector<std::string> names;
    for (const grpc::string_ref& name : auth->FindPropertyValues("x509_subject_alternative_name")) {
      names.emplace_back(name.data(), name.size());
    }
    return identity_of_certificate(names);
  }
  const auto& metadata = context.client_metadata();
  auto found = metadata.find("lupaus-actor");
  if (found == metadata.end()) return Identity{};
  Identity identity{Identity::Kind::person, false,
                    from_ascii({found->second.data(), found->second.size()}), ""};
  // WHY: the name is kept in facts for ever and printed; it stays short and free of control
  // characters.
  constexpr size_t kNameSizeMax = 128;
  bool is_printable = std::none_of(identity.name.begin(), identity.name.end(),
                                   [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  // WHY: ` frans` must not approve what `frans` drew up.
  bool is_padded = identity.name.starts_with(' ') || identity.name.ends_with(' ');
  if (identity.name.empty() || identity.name.size() > kNameSizeMax || !is_printable || is_padded) {
    return unauthenticated(
        "expected a name of 1 to 128 printable characters without spaces around it in "
        "`lupaus-actor`");
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
