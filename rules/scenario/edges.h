// Promise tests around every edge of a book: a millisecond before, at and after each limit, tier,
// closing time and change of clocks.
#pragma once

#include <string>

#include "rules/scenario/promise_test.h"

namespace lupaus::rules::scenario {

/// The text of a `kind: PromiseTest` document for the book that `file` names, from its start and
/// with its defaults. What it expects is what the book gives today: whoever declares the promise
/// reads it and keeps it. Each entry of `within` gets a start of its own, and each limit and tier
/// that is reached when its calendar closes an edge at the next opening. What cannot be driven so
/// is named in comments. Errors are those of the book source, and `no_tests` when `file` has no
/// test to take start and defaults from.
model::Result<std::string> edge_tests(const TestFile& file, const BookSource& books);

}  // namespace lupaus::rules::scenario
