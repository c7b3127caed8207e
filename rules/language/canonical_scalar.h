// The one spelling of each length of time, sum of money and percentage in a promise, and the walk
// over a promise's values by the table of keys.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "rules/language/key_table.h"
#include "rules/language/node.h"

namespace lupaus::rules::language {

/// The canonical spelling: `90m` is `1h30m`, `PT15M` is `15m`, `EUR 10` is `EUR 10.00`, `1 times`
/// is `1 time`, `95.0%` is `95%`. The text itself where it has none, wrong ones included.
std::string canonical_scalar(Form form, std::string_view text);

/// Calls `visit` for each single value in the `spec` of a promise, with the form that the table of
/// keys gives it. Other documents have none that are respelled.
void visit_scalars(Node& root, const std::function<void(Node&, Form)>& visit);

}  // namespace lupaus::rules::language
