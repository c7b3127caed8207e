// Who may do what finance, managers and operators do.
#pragma once

#include <initializer_list>
#include <string_view>

#include "server/wire/identity.h"

namespace lupaus::server::api {

/// An error ("forbidden") when a certificate does not give its person the role. Callers on loopback
/// without certificates have every role.
rules::model::Result<void> require_role(const wire::Identity& identity, std::string_view role);

/// … when it gives none of the roles.
rules::model::Result<void> require_any_role(const wire::Identity& identity,
                                            std::initializer_list<std::string_view> roles);

/// An error ("forbidden") for who may not learn a voucher's code from the server: it is money to
/// whoever reads it out. Sources may, for they print it; of people those of a branch, managers and
/// finance.
rules::model::Result<void> require_voucher_codes(const wire::Identity& identity);

}  // namespace lupaus::server::api
