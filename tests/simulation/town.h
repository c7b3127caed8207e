// The branches of a simulation: the book that binds them, and the plan of their days.
#pragma once

#include <string>

#include "clients/branch/simulator/day.h"
#include "rules/model/book.h"
#include "tests/simulation/chance.h"

namespace lupaus::tests::simulation {

/// Noon UTC of the day before the first; the clocks of Europe change within its first month.
inline constexpr Instant kBegin =
    rules::model::from_unix_ms(1'772'712'000'000);  // 2026-03-05T12:00Z

/// The promises of the file and so many branches, two sources each, in three zones.
rules::model::Result<rules::model::BookPtr> make_book(const std::string& promises_file,
                                                      int branches);
std::string branch_name(int branch);
/// `day` counts from 0.
clients::branch::simulator::Plan plan_of(int branch, int day);

}  // namespace lupaus::tests::simulation
