// Cycles of one clock: binding, limits, pauses, ends. Counted time decides every verdict (R20).
#include "rules/engine/clock_fold.h"

#include <algorithm>

#include "rules/engine/capture.h"
#include "rules/engine/names.h"
#include "rules/engine/ticket_attributes.h"

namespace lupaus::rules::engine {
namespace {

using model::Duration;
using model::End;
using model::Instant;
using model::Verdict;

End expired_as(model::Effect effect) {
  switch (effect) {
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
                     std::vector<JudgedCycle>& cycles, Findings& findings)
    : line_(line), view_(view), horizon_(horizon), cycles_(cycles), findings_(findings) {}

bool ClockFold::holds(const model::Condition& condition, const model::Scope& scope,
                      Instant at) const {
  return ask(condition, scope, at) == model::Condition::Value::yes;
}

model::Condition::Value ClockFold::ask(const model::Condition& condition, const model::Scope& scope,
                                       Instant at) const {
  const auto value = condition.evaluate(scope);
  if (value == model::Condition::Value::error && at >= findings_.errors_from)
    ++findings_.condition_errors;
  return value;
}

void ClockFold::bind(const Revision& revision, Instant at) {
  Unbound unbound{revision.number, at, Unbound::Why::other_branch, -1};
  const BranchContext* context = view_.books->branch(view_.ticket->branch, at);
  const auto why = context == nullptr ? std::optional(Unbound::Why::other_branch)
                                      : refusal(revision, *context, unbound);
  if (why) {
    unbound.why = *why;
    if (findings_.is_detailed) findings_.unbound.push_back(unbound);
    return;
  }
  revision_ = &revision;
  begin_cycle(at);
}

/// A cycle begins with the branch as it is then, a restarted one too (R51).
void ClockFold::take_context(Instant start) {
  context_ = view_.books->branch_of(*revision_, view_.ticket->branch, start);
  model::ensure(context_ != nullptr, "a clock runs in a branch of some book");
  calendar_ = measure_calendar(*revision_, *context_, "");
}

std::optional<Unbound::Why> ClockFold::refusal(const Revision& revision,
                                               const BranchContext& context,
                                               Unbound& unbound) const {
  using Why = Unbound::Why;
  const model::Promise& promise = *revision.promise;
  if (revision.is_branch_measure && context.hours == nullptr) return Why::no_hours;
  const bool needs_date = promise.from || promise.until || !promise.suspensions.empty();
  const auto date =
      needs_date ? calendar::local_date(*context.zone, unbound.at) : model::LocalDate{};
  if (promise.from && date < *promise.from) return Why::not_in_effect;
  if (promise.until && date > *promise.until) return Why::not_in_effect;
  if (revision.applies_always && promise.suspensions.empty()) return std::nullopt;
  const model::Scope scope = scope_at(context, unbound.at);
  if (!revision.applies_always) {
    const auto value = ask(*promise.applies, scope, unbound.at);
    if (value == model::Condition::Value::error) return Why::cannot_apply;
    if (value == model::Condition::Value::no) return Why::does_not_apply;
  }
  if (is_suspended(revision, scope, date, unbound)) return Why::suspended;
  return std::nullopt;
}

bool ClockFold::is_suspended(const Revision& revision, const model::Scope& scope,
                             model::LocalDate date, Unbound& unbound) const {
  const auto& suspensions = revision.promise->suspensions;
  for (size_t i = 0; i < suspensions.size(); ++i) {
    const auto& suspension = suspensions[i];
    if (date < suspension.from || date > suspension.until) continue;
    if (suspension.when != nullptr && !holds(*suspension.when, scope, unbound.at)) continue;
    unbound.suspension = static_cast<int16_t>(i);
    return true;
  }
  return false;
}

bool ClockFold::begin_cycle(Instant at) {
  take_context(at);
  if (const auto why = set_limit(at)) {
    if (findings_.is_detailed) findings_.unbound.push_back({revision_->number, at, *why, -1});
    return false;
  }
  is_running_ = true;
  ++number_;
  started_at_ = at;
  has_outlived_expiry_ = false;
  pauses_.clear();
  paused_since_.reset();
  return true;
}

std::optional<Unbound::Why> ClockFold::set_limit(Instant at) {
  const auto& by = revision_->promise->by;
  if (!by) {
    limit_ = limit_within(at);
    return std::nullopt;
  }
  const auto deadline = deadline_of(*by, scope_at(*context_, at).ticket);
  if (!deadline) return Unbound::Why::no_deadline;
  if (*deadline < at) return Unbound::Why::deadline_passed;
  limit_ = *deadline - at;
  return std::nullopt;
}

Duration ClockFold::limit_within(Instant at) const {
  const auto& entries = revision_->promise->within;
  if (entries.size() == 1 && entries.front().when == nullptr)
    return to_duration(entries.front().within, calendar_, *context_, at);
  model::Scope scope = scope_at(*context_, at);
  const auto* days = day_calendar(calendar_, *context_);
  const auto date = calendar::local_date(day_zone(calendar_, *context_), at);
  scope.day_class = days != nullptr ? days->day_class(date) : std::string_view();
  scope.day_weekday = calendar::weekday(date);
  for (const auto& entry : entries) {
    if (entry.when == nullptr || holds(*entry.when, scope, at))
      return to_duration(entry.within, calendar_, *context_, at);
  }
  model::ensure(false, "the last entry of a checked within list has no condition");
  return {};
}

void ClockFold::pause(Instant at) {
  if (revision_->promise->by) return;  // R17: a deadline waits for nobody
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
    const auto& closings = view_.branch->closings;
    // What stands at the start is what the last one before it said (R35).
    auto first = std::upper_bound(closings.begin(), closings.end(), started_at_,
                                  [](Instant at, const auto& c) { return at < c.at; });
    if (first != closings.begin()) --first;
    std::optional<Instant> closed_since;
    for (; first != closings.end(); ++first) {
      const auto& closing = *first;
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
  // WHY not asked again where all time counts: it is asked of nearly every clock.
  const bool is_next_instant = measure.calendar == nullptr && measure.blocked.empty() &&
                               cycle.due_at && *cycle.due_at < model::kEndOfTime - Duration(1);
  cycle.breaching_at = !is_inclusive     ? cycle.due_at
                       : is_next_instant ? std::optional(*cycle.due_at + Duration(1))
                                         : measure.due(started_at_, limit_ + Duration(1));
  cycle.is_broken = is_inclusive ? cycle.counted > limit_ : cycle.counted >= limit_;
}

int16_t ClockFold::excuse_of(const model::Cycle& cycle) const {
  const auto& excuses = revision_->promise->excuses;
  if (excuses.empty()) return -1;
  // R93: an excuse is found at settlement; a clock that runs on is not excused.
  if (settled_at(*revision_->promise, cycle) == model::kEndOfTime) return -1;
  // WHY: a breach may be final before the server's own clock has reached it (watermarks lead by
  // what clocks differ), so what counts is that it is known, not that it is past.
  const Instant known = std::max(horizon_.now, horizon_.watermark);
  const bool is_known =
      cycle.is_broken || (!cycle.stopped_at && cycle.breaching_at && *cycle.breaching_at <= known);
  if (!is_known) return -1;
  for (size_t i = 0; i < excuses.size(); ++i) {
    if (excuses[i].when != nullptr && this->excuses(*excuses[i].when, cycle))
      return static_cast<int16_t>(i);
  }
  return -1;
}

/// R55, R93: true at any instant from the start to the breach, of the ticket as at settlement.
bool ClockFold::excuses(const model::Condition& when, const model::Cycle& cycle) const {
  findings_.ticket_attributes.clear();
  const Instant settled = settled_at(*revision_->promise, cycle);
  merge_attributes(view_, settled, findings_.ticket_attributes);
  model::Scope scope;
  scope.branch_id = context_->spec->name;
  scope.ticket = findings_.ticket_attributes;
  const auto holds_at = [&](Instant at) {
    merge_branch_attributes(*context_, view_.branch, at, findings_.branch_attributes);
    scope.branch = findings_.branch_attributes;
    return holds(when, scope, settled);
  };
  if (holds_at(cycle.started_at)) return true;
  if (view_.branch == nullptr) return false;
  Instant last = cycle.started_at;
  for (const auto& change : view_.branch->changes) {
    if (change.at > breached_at(cycle)) break;
    if (change.at <= last) continue;
    last = change.at;
    if (holds_at(last)) return true;
  }
  return false;
}

JudgedCycle& ClockFold::append(Instant expires_at, const Measure& measure, Instant counted_to) {
  JudgedCycle& judged = cycles_.emplace_back();
  judged.revision = revision_->number;
  judged.number = number_;
  judged.expires_at = expires_at;
  fill(judged.cycle, measure, counted_to);
  return judged;
}

void ClockFold::conclude(model::Cycle& cycle, Measure measure) {
  cycle.excuse = excuse_of(cycle);
  if (cycle.is_broken) cycle.verdict = cycle.excuse < 0 ? Verdict::breached : Verdict::excused;
  if (findings_.is_detailed)
    findings_.measures.push_back({revision_, context_, std::move(measure)});
}

void ClockFold::end(End how, Instant at) {
  Measure measure = measure_until(at, false);
  model::Cycle& cycle = append(forced_end().at, measure, at).cycle;
  cycle.stopped_at = at;
  cycle.end = how;
  cycle.verdict = unbroken_verdict(how);
  conclude(cycle, std::move(measure));
  is_running_ = false;
  last_end_ = at;
  if (how == End::restart) begin_cycle(at);
}

ClockFold::ForcedEnd ClockFold::forced_end() const {
  const bool can_expire = revision_->expire_after && !has_outlived_expiry_;
  const Instant expiry = can_expire ? started_at_ + *revision_->expire_after : model::kEndOfTime;
  const Instant retired = line_.retired_after(started_at_);
  // WHY: an expiry acts only if nothing else ended the cycle at its instant (R24).
  return retired <= expiry ? ForcedEnd{retired, false} : ForcedEnd{expiry, true};
}

Instant ClockFold::end_in_sight() const {
  const auto [at, is_expiry] = forced_end();
  const bool goes_on = is_expiry && expired_as(effect_of_expiry(at)) == End::none;
  return goes_on ? line_.retired_after(started_at_) : at;
}

void ClockFold::force_end(Instant before) {
  while (is_running_) {
    const auto [at, is_expiry] = forced_end();
    if (at >= before) return;
    const End how = is_expiry ? expired_as(effect_of_expiry(at)) : End::voided;
    // WHY: it acts once; a clock that goes on then goes on without end.
    has_outlived_expiry_ = how == End::none;
    if (how != End::none) end(how, at);
  }
}

model::Effect ClockFold::effect_of_expiry(Instant at) const {
  const model::EffectLine& line = *revision_->expired;
  for (const auto& choice : line.cases) {
    if (holds(*choice.when, scope_at(*context_, at), at)) return choice.then;
  }
  return line.otherwise;
}

void ClockFold::go_on_after(const Commitment& final_cycle) {
  number_ = final_cycle.number;
  last_end_ = *final_cycle.cycle.stopped_at;
  if (final_cycle.cycle.end != End::restart) return;
  const Revision* revision = line_.find(final_cycle.revision);
  if (revision == nullptr) return;
  revision_ = revision;
  begin_cycle(last_end_);
}

void ClockFold::take_up(const Commitment& running) {
  revision_ = line_.find(running.revision);
  take_context(running.cycle.started_at);
  is_running_ = true;
  number_ = running.number;
  started_at_ = running.cycle.started_at;
  limit_ = running.cycle.limit;
}

void ClockFold::end_known(const Commitment& ended) {
  number_ = ended.number;
  last_end_ = *ended.cycle.stopped_at;
}

void ClockFold::finish() {
  if (!is_running_) return;
  Measure measure = measure_until(horizon_.now, true);
  JudgedCycle& judged = append(end_in_sight(), measure, horizon_.now);
  // R27: a paused clock has no due in sight unless it was reached; Measure gives that by itself.
  for (const Duration left : revision_->promise->warn) {
    judged.warnings_at.push_back(measure.due(started_at_, std::max(limit_ - left, Duration::zero()))
                                     .value_or(model::kEndOfTime));
  }
  conclude(judged.cycle, std::move(measure));
}

model::Scope ClockFold::scope_at(const BranchContext& context, Instant at) const {
  findings_.ticket_attributes.clear();
  merge_attributes(view_, at, findings_.ticket_attributes);
  merge_branch_attributes(context, view_.branch, at, findings_.branch_attributes);
  model::Scope scope;
  scope.branch_id = context.spec->name;
  scope.ticket = findings_.ticket_attributes;
  scope.branch = findings_.branch_attributes;
  return scope;
}

model::Scope ClockFold::scope_of(const TicketEvent& event) const {
  const BranchContext* context =
      is_running_ ? context_ : view_.books->branch(view_.ticket->branch, event.at);
  if (context == nullptr) return {};
  model::Scope scope = scope_at(*context, event.at);
  findings_.event_attributes.clear();
  for_each_attribute(*view_.ticket, event, *view_.names,
                     [&](std::string_view name, std::string_view value) {
                       findings_.event_attributes.push_back({name, value});
                     });
  scope.event = findings_.event_attributes;
  return scope;
}

}  // namespace lupaus::rules::engine
