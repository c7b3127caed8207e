// Types a condition against a vocabulary and resolves its names, so that evaluation can only fail
// on values.
#pragma once

#include "rules/language/cel_expression.h"
#include "rules/model/result.h"

namespace lupaus::rules::language {

/// Where a condition stands decides which names it may read (R84).
struct CelNames {
  bool has_event = false;  ///< `event.*`: only in clock.on
  bool has_day = false;    ///< `day.*`: only in target.within
};

/// Errors carry the offset in span.column (see cel_error). The whole must be of type bool.
model::Result<void> check_cel(CelExpression& tree, const model::Vocabulary& vocabulary,
                              CelNames names);

}  // namespace lupaus::rules::language
