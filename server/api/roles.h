// Who may do what finance, managers and operators do.
#pragma once

#include <string_view>

#include "server/wire/identity.h"

namespace lupaus::server::api {

/// An error ("forbidden") when a certificate does not give its person the role. Callers on loopback
/// without certificates have every role.
rules::model::Result<void> require_role(const wire::Identity& identity, std::string_view role);

}  // namespace lupaus::server::api
