#include "server/api/roles.h"

#include "fmt/format.h"

namespace lupaus::server::api {

rules::model::Result<void> require_role(const wire::Identity& identity, std::string_view role) {
  if (!identity.is_authenticated) return {};
  std::string_view rest = identity.roles;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    if (rest.substr(0, comma) == role) return {};
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return rules::model::Error{
      "forbidden",
      fmt::format("expected the role {}, but `{}` has `{}`", role, identity.name, identity.roles),
      "",
      {}};
}

}  // namespace lupaus::server::api
