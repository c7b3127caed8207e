// From a checked promise back to the text of a promise file: print(parse(x)) means what x means.
// The form is canonical: one order of keys, quoted texts, no comments.
#pragma once

#include <string>

#include "rules/model/promise.h"

namespace lupaus::rules::language {

/// One `kind: Promise` document as YAML, ending with a newline. Compiled beside the same calendars
/// and vocabularies it has the same digest.
std::string print_promise(const model::Promise& promise);

}  // namespace lupaus::rules::language
