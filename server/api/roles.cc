#include "server/api/roles.h"

#include <algorithm>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace lupaus::server::api {
namespace {

using rules::model::Result;
using wire::Identity;

bool has_role(std::string_view roles, std::string_view role) {
  while (!roles.empty()) {
    const size_t comma = roles.find(',');
    if (roles.substr(0, comma) == role) return true;
    roles.remove_prefix(comma == std::string_view::npos ? roles.size() : comma + 1);
  }
  return false;
}

}  // namespace

Result<void> require_role(const Identity& identity, std::string_view role) {
  return require_any_role(identity, {role});
}

Result<void> require_any_role(const Identity& identity,
                              std::initializer_list<std::string_view> roles) {
  if (!identity.is_authenticated) return {};
  const bool has_any = std::any_of(roles.begin(), roles.end(), [&](std::string_view role) {
    return has_role(identity.roles, role);
  });
  if (has_any) return {};
  return rules::model::Error{"forbidden",
                             fmt::format("expected the role {}, but `{}` has `{}`",
                                         fmt::join(roles, " or "), identity.name, identity.roles),
                             "",
                             {}};
}

Result<void> require_voucher_codes(const Identity& identity) {
  if (identity.kind == Identity::Kind::source) return {};
  return require_any_role(identity, {"branch", "manager", "finance"});
}

}  // namespace lupaus::server::api
