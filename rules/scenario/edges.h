// Promise tests around every edge of a book: a millisecond before, at and after each limit, tier,
// closing time and change of clocks.
#pragma once

#include <string>

#include "rules/scenario/promise_test.h"

namespace lupaus::rules::scenario {

/// The text of a `kind: PromiseTest` document for the book that `file` names, from its start and
/// with its defaults. What it expects is what the book gives today: whoever declares the promise
/// reads it and keeps it. Promises that cannot be driven by one event are named in comments. Errors
/// are those of the book source, and `no_tests` when `file` has no test to take start and defaults
/// from.
model::Result<std::string> edge_tests(const TestFile& file, const BookSource& books);

}  // namespace lupaus::rules::scenario
