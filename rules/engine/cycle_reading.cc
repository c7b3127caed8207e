// Reads a cycle anew from its ticket's events: what measured it, and what was true when it began
// and when it was settled.
#include "rules/engine/cycle_reading.h"

#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/state_internals.h"

namespace lupaus::rules::engine {

using model::Duration;

struct CycleReading::Reading {
  const model::Promise* promise = nullptr;
  const Revision* revision = nullptr;
  const BranchContext* context = nullptr;
  Measure measure;  ///< of the clock
  model::Cycle cycle;
  Instant end{};
  std::vector<model::Attribute> captured, settled;

  Duration length(const model::Limit& limit) const {
    return to_duration(limit, measure.calendar, *context, cycle.started_at);
  }
  Duration lateness() const { return promise->by ? cycle.counted - cycle.limit : cycle.counted; }
  bool is_reached(const model::Tier& tier) const {
    return promise->is_boundary_inclusive ? lateness() > length(tier.over)
                                          : lateness() >= length(tier.over);
  }
  /// The earliest instant with a lateness of the tier's `over`; the end when that is later.
  Instant reached_at(const model::Tier& tier) const {
    const Duration from_start = length(tier.over) + (promise->by ? cycle.limit : Duration::zero());
    return std::min(measure.due(cycle.started_at, from_start).value_or(end), end);
  }
  Measure measure_of(const model::Tier& tier) const {
    if (promise->by) return measure;
    return {measure_calendar(*revision, *context, tier.measure), measure.blocked};
  }
};

namespace {

/// The cycle before `commitment` when it is final: judging goes on from there (R78).
const Commitment* final_before(const Ticket& ticket, const Commitment& commitment) {
  for (const auto& c : ticket.commitments) {
    if (c.line == commitment.line && c.number + 1 == commitment.number && c.is_end_final) return &c;
  }
  return nullptr;
}

}  // namespace

CycleReading::CycleReading(const State& state, const Ticket& ticket, const Commitment& commitment,
                           const Branch* told)
    : reading_(std::make_unique<Reading>()) {
  const State::Inside& in = state.internals();
  const auto& branch = in.branches[in.branch_of(ticket.branch)];
  const TicketView view{&ticket, told != nullptr ? told : &branch.branch, &in.names, &in.books};
  const Line& line = in.lines[commitment.line];
  Reading& reading = *reading_;
  reading.cycle = commitment.cycle;
  reading.revision = line.find(commitment.revision);
  model::ensure(reading.revision != nullptr, "a commitment obeys a revision of its promise");
  reading.promise = reading.revision->promise;
  reading.context =
      in.books.branch_of(*reading.revision, ticket.branch, commitment.cycle.started_at);
  model::ensure(reading.context != nullptr, "a commitment lies in a branch of some book");
  reading.measure.calendar = measure_calendar(*reading.revision, *reading.context, "");
  reading.end = commitment.cycle.stopped_at.value_or(in.now);
  // WHY: an expiry acts at its instant once that is past; what follows the end matters no more.
  const Horizon horizon{in.now,
                        commitment.cycle.stopped_at ? reading.end + Duration(1) : branch.watermark};
  std::vector<JudgedCycle> cycles;
  Findings findings;
  findings.is_detailed = true;
  judge(line, view, horizon, final_before(ticket, commitment), cycles, findings);
  for (size_t i = 0; i < cycles.size(); ++i) {
    if (cycles[i].cycle.started_at == reading.cycle.started_at &&
        cycles[i].number == commitment.number)
      reading.measure.blocked = std::move(findings.measures[i].measure.blocked);
  }
  if (commitment.cycle.stopped_at) truncate(reading.measure.blocked, reading.end);
  merge_attributes(view, reading.cycle.started_at, reading.captured);
  merge_attributes(view, settled_at(*reading.promise, reading.cycle), reading.settled);
}

CycleReading::~CycleReading() = default;

Duration CycleReading::length(const model::Limit& limit) const { return reading_->length(limit); }

const Measure& CycleReading::measure() const { return reading_->measure; }

Duration CycleReading::lateness() const { return reading_->lateness(); }

Duration CycleReading::accrued(const model::Tier& tier) const {
  if (!reading_->is_reached(tier)) return Duration::zero();
  return reading_->measure_of(tier).counted(reading_->reached_at(tier), reading_->end);
}

int64_t CycleReading::dates_begun(const model::Tier& tier) const {
  if (!reading_->is_reached(tier)) return 0;
  const auto& zone = day_zone(reading_->measure.calendar, *reading_->context);
  const auto day_of = [&](Instant at) {
    const auto date = calendar::local_date(zone, at);
    return std::chrono::sys_days(std::chrono::year(date.year) / date.month / date.day);
  };
  // A date that begins at the very end has begun only where the boundary itself is beyond (R41).
  const bool is_inclusive = reading_->promise->is_boundary_inclusive;
  const Measure running{nullptr, reading_->measure.blocked};
  int64_t dates = 0;
  auto last = std::chrono::sys_days::min();
  for (const auto& [begin, end] : running.stretches(reading_->reached_at(tier), reading_->end)) {
    const bool is_to_the_end = !is_inclusive && end == reading_->end;
    const auto first = std::max(day_of(begin), last + std::chrono::days(1));
    last = std::max(last, day_of(is_to_the_end ? end : end - Duration(1)));
    dates += std::max<int64_t>((last - first).count() + 1, 0);
  }
  return is_inclusive ? dates : std::max<int64_t>(dates, 1);
}

std::optional<std::string_view> CycleReading::attribute(std::string_view name,
                                                        bool is_final) const {
  const auto* found =
      model::find_attribute(is_final ? reading_->settled : reading_->captured, name);
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

}  // namespace lupaus::rules::engine
