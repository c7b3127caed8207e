// Conditions of promises: CEL expressions that read a ticket, checked against a vocabulary, in the
// form that engine/ asks.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "rules/model/book.h"
#include "rules/model/condition.h"
#include "rules/model/result.h"

namespace lupaus::rules::language {

/// Where a condition stands decides which names it may read (R84).
struct CelNames {
  bool has_event = false;  ///< `event.*`: only in clock.on
  bool has_day = false;    ///< `day.*`: only in target.within
};

/// The table of a zone, or nullptr.
using ZoneFinder = std::function<const model::ZoneTable*(std::string_view)>;

/// Parses and checks `text`; errors stand at `where` plus the offset in the text (which lies on one
/// line, else at `where`). Zones that it names are looked up here, once; null: those built in.
model::Result<model::ConditionPtr> compile_cel(std::string_view text, const model::Span& where,
                                               const model::Vocabulary& vocabulary, CelNames names,
                                               const ZoneFinder* find_zone = nullptr);

/// The condition with one space between tokens and one form of quotes: equal for texts that differ
/// in spacing, comments or quoting alone. The text itself where it cannot be cut.
std::string canonical_cel(std::string_view text);

}  // namespace lupaus::rules::language
