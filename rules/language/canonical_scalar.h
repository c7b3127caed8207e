// The one spelling of each length of time and sum of money in a promise, and which values of a
// promise they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/language/node.h"

namespace lupaus::rules::language {

/// What the value at a place of a promise is, for its spelling.
enum class ScalarForm : uint8_t {
  text,      ///< kept as written
  length,    ///< "1h30m", "2 business days"
  amount,    ///< "EUR 10.00", "12.5% of ticket.fare"
  cap,       ///< an amount, or "5 times"
  deadline,  ///< "ticket.appointment_at + 10m"
};

/// `path` names the keys from the document's root, items of lists as `[]`:
/// "spec.compensation.tiers[].over".
ScalarForm scalar_form(std::string_view path);

/// The canonical spelling: `90m` is `1h30m`, `PT15M` is `15m`, `EUR 10` is `EUR 10.00`, `1 times`
/// is `1 time`. The text itself where it has none, wrong ones included.
std::string canonical_scalar(ScalarForm form, std::string_view text);

}  // namespace lupaus::rules::language
