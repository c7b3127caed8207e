// Cycles of one clock: binding, limits, pauses, ends. Counted time decides every verdict (R20).
#include "rules/engine/clock_fold.h"

#include <algorithm>

#include "rules/engine/names.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Duration;
using model::End;
using model::Instant;
using model::Verdict;

End expired_as(const model::EffectLine& line) {
  switch (line.otherwise) {
    case model::Effect::stop:
      return End::expired_stop;
    case model::Effect::voided:
      return End::expired_void;
    case model::Effect::forfeit:
      return End::expired_forfeit;
    case model::Effect::review:
      return End::expired_review;
    default:
      return End::none;
  }
}

Verdict unbroken_verdict(End end) {
  switch (end) {
    case End::none:
      return Verdict::open;
    case End::stop:
    case End::expired_stop:
      return Verdict::kept;
    case End::review:
    case End::expired_review:
      return Verdict::indeterminate;
    default:
      return Verdict::voided;
  }
}

}  // namespace

ClockFold::ClockFold(const Line& line, const TicketView& view, const Horizon& horizon,
                     std::vector<JudgedCycle>& cycles)
    : line_(line), view_(view), horizon_(horizon), cycles_(cycles) {}

void ClockFold::bind(const Revision& revision, Instant at) {
  const BranchContext* context = revision.book->branch(view_.ticket->branch);
  if (context == nullptr || !applies(revision, *context, at)) return;
  const calendar::Calendar* calendar =
      revision.is_branch_measure ? context->hours : revision.calendar;
  if (revision.is_branch_measure && calendar == nullptr) return;
  revision_ = &revision;
  context_ = context;
  calendar_ = calendar;
  begin_cycle(at);
}

bool ClockFold::applies(const Revision& revision, const BranchContext& context, Instant at) {
  const model::Promise& promise = *revision.promise;
  if (promise.from || promise.until) {
    const auto date = calendar::local_date(*context.zone, at);
    if (promise.from && date < *promise.from) return false;
    if (promise.until && date > *promise.until) return false;
  }
  if (revision.applies_always) return true;
  return promise.applies->evaluate(scope_at(context, at)) == model::Condition::Value::yes;
}

void ClockFold::begin_cycle(Instant at) {
  is_running_ = true;
  ++number_;
  started_at_ = at;
  pauses_.clear();
  paused_since_.reset();
  limit_ = limit_at(at);
}

const calendar::Calendar* ClockFold::day_calendar() const {
  return calendar_ != nullptr ? calendar_ : context_->hours;
}

Duration ClockFold::to_duration(const model::Limit& limit, Instant at) const {
  if (limit.unit == model::Limit::Unit::duration) return limit.duration;
  const calendar::Calendar* days = day_calendar();
  const auto& zone = days != nullptr ? days->zone() : *context_->zone;
  const auto end = calendar::end_of_nth_day(zone, days, at, limit.days, limit.unit);
  // WHY: a checked book has days that come; past its last year nothing falls due any more.
  if (!end) return Duration::max() / 4;
  return Measure{calendar_, {}}.counted(at, *end);
}

Duration ClockFold::limit_at(Instant at) {
  const auto& entries = revision_->promise->within;
  if (entries.size() == 1 && entries.front().when == nullptr)
    return to_duration(entries.front().within, at);
  model::Scope scope = scope_at(*context_, at);
  const calendar::Calendar* days = day_calendar();
  const auto date = calendar::local_date(days != nullptr ? days->zone() : *context_->zone, at);
  scope.day_class = days != nullptr ? days->day_class(date) : std::string_view();
  scope.day_weekday = calendar::weekday(date);
  for (const auto& entry : entries) {
    if (entry.when == nullptr || entry.when->evaluate(scope) == model::Condition::Value::yes) {
      return to_duration(entry.within, at);
    }
  }
  model::ensure(false, "the last entry of a checked within list has no condition");
  return {};
}

void ClockFold::pause(Instant at) {
  if (!paused_since_) paused_since_ = at;
}

void ClockFold::resume(Instant at) {
  if (!paused_since_) return;
  block(pauses_, *paused_since_, at);
  paused_since_.reset();
}

Measure ClockFold::measure_until(Instant end, bool is_open) const {
  Measure measure{calendar_, pauses_};
  if (paused_since_) block(measure.blocked, *paused_since_, is_open ? model::kEndOfTime : end);
  if (calendar_ != nullptr && view_.branch != nullptr) {
    std::optional<Instant> closed_since;
    for (const auto& closing : view_.branch->closings) {
      if (closing.is_closed && !closed_since) closed_since = closing.at;
      if (!closing.is_closed && closed_since) {
        block(measure.blocked, *closed_since, closing.at);
        closed_since.reset();
      }
    }
    if (closed_since) block(measure.blocked, *closed_since, model::kEndOfTime);
  }
  if (!is_open) truncate(measure.blocked, end);
  return measure;
}

void ClockFold::fill(model::Cycle& cycle, const Measure& measure, Instant counted_to) const {
  const bool is_inclusive = revision_->promise->is_boundary_inclusive;
  cycle.started_at = started_at_;
  cycle.limit = limit_;
  cycle.counted = measure.counted(started_at_, counted_to);
  cycle.due_at = measure.due(started_at_, limit_);
  cycle.breaching_at = is_inclusive ? measure.due(started_at_, limit_ + Duration(1)) : cycle.due_at;
  cycle.is_broken = is_inclusive ? cycle.counted > limit_ : cycle.counted >= limit_;
}

void ClockFold::end(End how, Instant at) {
  JudgedCycle judged;
  judged.revision = revision_->number;
  judged.number = number_;
  judged.expires_at = forced_end().first;
  fill(judged.cycle, measure_until(at, false), at);
  judged.cycle.stopped_at = at;
  judged.cycle.end = how;
  judged.cycle.verdict = judged.cycle.is_broken ? Verdict::breached : unbroken_verdict(how);
  cycles_.push_back(std::move(judged));
  is_running_ = false;
  last_end_ = at;
  if (how == End::restart) begin_cycle(at);
}

std::pair<Instant, End> ClockFold::forced_end() const {
  std::pair<Instant, End> first{model::kEndOfTime, End::none};
  if (revision_->expire_after && revision_->expired != nullptr) {
    const End how = expired_as(*revision_->expired);
    if (how != End::none) first = {started_at_ + *revision_->expire_after, how};
  }
  const Instant retired = line_.retired_after(started_at_);
  if (retired < first.first) first = {retired, End::voided};
  return first;
}

void ClockFold::force_end(Instant before) {
  while (is_running_) {
    const auto [at, how] = forced_end();
    if (at >= before) return;
    end(how, at);
  }
}

void ClockFold::go_on_after(const Commitment& final_cycle) {
  number_ = final_cycle.number;
  last_end_ = *final_cycle.cycle.stopped_at;
  if (final_cycle.cycle.end != End::restart) return;
  const Revision* revision = line_.find(final_cycle.revision);
  if (revision == nullptr) return;
  const BranchContext* context = revision->book->branch(view_.ticket->branch);
  if (context == nullptr) return;
  revision_ = revision;
  context_ = context;
  calendar_ = revision->is_branch_measure ? context->hours : revision->calendar;
  begin_cycle(last_end_);
}

void ClockFold::finish() {
  if (!is_running_) return;
  JudgedCycle judged;
  judged.revision = revision_->number;
  judged.number = number_;
  judged.expires_at = forced_end().first;
  const Measure measure = measure_until(horizon_.now, true);
  fill(judged.cycle, measure, horizon_.now);
  // R27: a paused clock has no due in sight unless it was reached; Measure gives that by itself.
  judged.cycle.verdict = judged.cycle.is_broken ? Verdict::breached : Verdict::open;
  for (const Duration left : revision_->promise->warn) {
    judged.warnings_at.push_back(measure.due(started_at_, std::max(limit_ - left, Duration::zero()))
                                     .value_or(model::kEndOfTime));
  }
  cycles_.push_back(std::move(judged));
}

model::Scope ClockFold::scope_at(const BranchContext& context, Instant at) const {
  ticket_attributes_.clear();
  merge_attributes(view_, at, ticket_attributes_);
  branch_attributes_.clear();
  for (const auto& [name, value] : context.spec->attributes)
    branch_attributes_.push_back({name, value});
  if (view_.branch != nullptr) {
    for (const auto& change : view_.branch->changes) {
      if (change.at > at) break;
      const auto known = std::find_if(branch_attributes_.begin(), branch_attributes_.end(),
                                      [&](const auto& a) { return a.name == change.name; });
      if (known != branch_attributes_.end()) {
        known->value = change.value;
      } else {
        branch_attributes_.push_back({change.name, change.value});
      }
    }
  }
  model::Scope scope;
  scope.branch_id = context.spec->name;
  scope.ticket = ticket_attributes_;
  scope.branch = branch_attributes_;
  return scope;
}

model::Scope ClockFold::scope_of(const Revision& revision, const TicketEvent& event) const {
  const BranchContext* context = revision.book->branch(view_.ticket->branch);
  if (context == nullptr) return {};
  model::Scope scope = scope_at(*context, event.at);
  event_attributes_.clear();
  for_each_attribute(*view_.ticket, event, *view_.names,
                     [&](std::string_view name, std::string_view value) {
                       event_attributes_.push_back({name, value});
                     });
  scope.event = event_attributes_;
  return scope;
}

}  // namespace lupaus::rules::engine
