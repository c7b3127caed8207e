// Who is at the browser: a name that was chosen on this machine, or one that a trusted proxy
// vouches for; and the token without which nothing is changed in that name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/model/result.h"
#include "server/console/exchange.h"

namespace lupaus::server::console {

/// Whoever sent a request.
struct Visitor {
  enum class Kind : uint8_t { nobody, chosen, proxy };
  Kind kind = Kind::nobody;
  std::string name;   ///< "" for nobody
  std::string roles;  ///< "manager,finance"; of a proxy alone
};

/// Reads visitors out of requests. Immutable; for any thread. Its key is drawn at random when it is
/// made, so that no token outlives the process.
class Visitors {
 public:
  Visitors();

  /// Errors: "forged" when the headers of a proxy come by any other way, "unauthenticated" when a
  /// proxy tells no name, or one that cannot stand in facts.
  rules::model::Result<Visitor> read(const Request& request) const;
  /// What the header Lupaus-Csrf has to say.
  std::string csrf(const Visitor& visitor) const;
  bool is_csrf(const Visitor& visitor, std::string_view token) const;

  /// Set-Cookie that makes the browser say `name`; "" forgets it.
  static std::string cookie(std::string_view name);
  /// The answer to GET /session.
  std::string to_json(const Visitor& visitor, std::string_view version) const;

 private:
  std::string key_;
};

}  // namespace lupaus::server::console
