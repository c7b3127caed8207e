// Types a condition against a vocabulary and resolves its names, so that evaluation can only fail
// on values.
#pragma once

#include "rules/language/cel/condition.h"
#include "rules/language/cel/tree.h"
#include "rules/model/result.h"

namespace lupaus::rules::language::cel {

/// Errors carry the offset in span.column (see error_at). The whole must be of type bool.
model::Result<void> check(Tree& tree, const model::Vocabulary& vocabulary, CelNames names,
                          const ZoneFinder& find_zone);

}  // namespace lupaus::rules::language::cel
