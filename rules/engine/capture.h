// What is true at one instant of a ticket and its branch, and what a promise draws from it when a
// cycle begins: attributes, the calendar that measures, lengths, the deadline.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rules/engine/judge.h"

namespace lupaus::rules::engine {

/// The attributes of a branch at `at`: those of the book, replaced by what branch events said since
/// (R55). The views live as long as the book and the branch's changes.
void merge_branch_attributes(const BranchContext& context, const Branch* branch, model::Instant at,
                             std::vector<model::Attribute>& merged);

/// The calendar that `measure` ("", "elapsed", "branch" or a name) means at a branch of the
/// revision's book; null is elapsed time. "" is the clock's own measure.
const calendar::Calendar* measure_calendar(const Revision& revision, const BranchContext& context,
                                           std::string_view measure);

/// The calendar whose days count for a clock that `measured_by` measures: its own, with elapsed
/// time the branch's hours (R32). Null: the branch declares none.
const calendar::Calendar* day_calendar(const calendar::Calendar* measured_by,
                                       const BranchContext& context);
const model::ZoneTable& day_zone(const calendar::Calendar* measured_by,
                                 const BranchContext& context);

/// `limit` as a length of what `measured_by` measures, for a cycle that starts at `start` (R33).
model::Duration to_duration(const model::Limit& limit, const calendar::Calendar* measured_by,
                            const BranchContext& context, model::Instant start);

/// The instant that `by` names; nullopt when nobody sent it (R15).
std::optional<model::Instant> deadline_of(const model::Deadline& by,
                                          std::span<const model::Attribute> ticket);

/// The instant by which a broken cycle should have ended (R20).
model::Instant breached_at(const model::Cycle& cycle);

/// When the money of a broken cycle is settled: its end, with `settle: breach` the breach;
/// kEndOfTime while it runs.
model::Instant settled_at(const model::Promise& promise, const model::Cycle& cycle);

}  // namespace lupaus::rules::engine
