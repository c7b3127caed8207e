// A checked condition that engine/ can ask: the compiled form of one CEL text.
#pragma once

#include <string_view>

#include "rules/language/cel_checker.h"
#include "rules/model/condition.h"
#include "rules/model/result.h"

namespace lupaus::rules::language {

/// Parses and checks `text`; errors stand at `where` plus the offset in the text (which lies on one
/// line, else at `where`).
model::Result<model::ConditionPtr> compile_cel(std::string_view text, const model::Span& where,
                                               const model::Vocabulary& vocabulary, CelNames names);

}  // namespace lupaus::rules::language
