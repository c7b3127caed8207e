// What one book says that another one does not, in words: clauses of promises, hours of calendars,
// branches, vocabularies. Comments, layout, orders that mean nothing and spellings are no
// difference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/model/book.h"

namespace lupaus::rules::language {

struct Difference {
  enum class Change : uint8_t { added, removed, changed };
  std::string subject;  ///< "promise", "calendar", "branch", "vocabulary"
  std::string name;     ///< of the subject
  std::string clause;   ///< "limit", "tier 2", "2026-12-24"; "" is the whole subject
  Change change = Change::changed;
  std::string before;  ///< "" when added
  std::string after;   ///< "" when removed
  std::string text;    ///< the sentence without the subject: "limit 15m -> 10m"
};
std::string_view format_change(Difference::Change change);  ///< "added"

/// "served-in-15: limit 15m -> 10m", "calendar branch-hours: …", "branch helsinki-2 added".
std::string format_difference(const Difference& difference);

/// Promises first, then calendars, branches and vocabularies, each by name. Empty exactly when both
/// books judge and pay alike.
std::vector<Difference> differences(const model::Book& before, const model::Book& after);

}  // namespace lupaus::rules::language
