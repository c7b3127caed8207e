#include "server/compensate/signing_secrets.h"

#include <algorithm>
#include <utility>

namespace lupaus::server::compensate {

using rules::model::Error;
using rules::model::Result;

Result<void> check_secrets(const std::vector<std::string>& secrets) {
  const bool has_blank = std::any_of(secrets.begin(), secrets.end(),
                                     [](const std::string& secret) { return secret.empty(); });
  if (!secrets.empty() && secrets.size() <= 2 && !has_blank) return {};
  return Error{"no_secret",
               "expected one secret, or two while they are rotated, but there are " +
                   std::to_string(secrets.size()) + (has_blank ? ", one of them empty" : ""),
               "without a secret the receiver cannot tell our requests from others'",
               {}};
}

Result<void> SigningSecrets::replace(std::vector<std::string> secrets) {
  if (auto checked = check_secrets(secrets); !checked) return checked;
  const std::scoped_lock lock(mutex_);
  secrets_ = std::move(secrets);
  return {};
}

}  // namespace lupaus::server::compensate
