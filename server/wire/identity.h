// Who is calling: the certificate's SAN URI under mutual TLS, a chosen name on loopback without it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "rules/model/event.h"
#include "rules/model/result.h"

namespace grpc {
class CallbackServerContext;
class ServerContext;
}  // namespace grpc

namespace lupaus::server::wire {

struct Identity {
  enum class Kind : uint8_t { anonymous, source, person };
  Kind kind = Kind::anonymous;
  bool is_authenticated = false;
  std::string name;   ///< the source prefix, or the person's name; "" for anonymous
  std::string roles;  ///< as Actor::roles

  /// What commands and facts carry; an anonymous caller is a person without a name.
  std::shared_ptr<const rules::model::Actor> actor() const;
  /// What the events of `source` carry.
  std::shared_ptr<const rules::model::Actor> actor_for_source(std::string_view source) const;
  /// A source's certificate may speak only for ids equal to its prefix or below it
  /// ("helsinki-1/…").
  bool may_send_for(std::string_view source) const;
};

/// Reads `lupaus:source/PREFIX` or `lupaus:person/NAME?role=a,b` out of a certificate's names:
/// exactly one of them is expected, with known roles.
rules::model::Result<Identity> identity_of_certificate(
    std::span<const std::string> alternative_names);

/// The caller of a gRPC call. Errors have the code "unauthenticated".
rules::model::Result<Identity> identity_of(const grpc::ServerContext& context);
rules::model::Result<Identity> identity_of(const grpc::CallbackServerContext& context);

/// The metadata by which the console says, in this process, for whom a call is made. It carries a
/// secret drawn at random when it is first asked for; `identity_of` takes it from calls in process
/// alone, and refuses any other call that has such metadata.
std::pair<std::string, std::string> metadata_of_visitor(const Identity& visitor);

/// An error ("forbidden") when a source's certificate asks for what only people may do.
rules::model::Result<void> require_person(const Identity& identity);

/// An error ("who") when nobody says who acts.
rules::model::Result<void> require_name(const Identity& identity);

}  // namespace lupaus::server::wire
