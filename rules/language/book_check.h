// What only the whole book shows: names that must exist, names that come twice, and parts that do
// not fit.
#pragma once

#include <vector>

#include "rules/language/document.h"
#include "rules/language/promise_draft.h"

namespace lupaus::rules::language {

/// A part of the book with the document that it was read from.
template <typename T>
struct Read {
  Context context;
  Document document;
  T part;
};

struct BookParts {
  std::vector<Read<model::Vocabulary>> vocabularies;  ///< without the built-in one
  std::vector<Read<model::CalendarSpec>> calendars;
  std::vector<Read<model::BranchSpec>> branches;
  std::vector<Read<ReadPromise>> promises;
};

/// `known` holds the built-in vocabulary too.
void check_book(const BookParts& parts, const std::vector<model::Vocabulary>& known);

}  // namespace lupaus::rules::language
