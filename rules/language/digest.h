// Fingerprints: of a promise by its meaning, and of a book by its text.
#pragma once

#include <span>
#include <string>

#include "rules/model/book.h"

namespace lupaus::rules::language {

/// Hex SHA-256 over what the promise says, with the calendars and the vocabulary that it uses
/// (those of the branches where it measures by them). Comments, layout, the order of keys,
/// spellings of one length of time and spacing in conditions do not change it.
std::string promise_digest(const model::Promise& promise, const model::Book& book);

/// Hex SHA-256 of the files' names and texts, in the order given.
std::string book_hash(std::span<const model::SourceFile> files);

}  // namespace lupaus::rules::language
