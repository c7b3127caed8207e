// What is known at a horizon, and what a cycle reads from it: counted time, due, periods.
#include <algorithm>
#include <cstdio>
#include <tuple>

#include "tests/support/naive_clock.h"

namespace lupaus::tests::naive {

using rules::model::Book;
using rules::model::BranchSpec;
using rules::model::Limit;
using rules::model::Money;

namespace {

constexpr int kListedDays = 180;

/// R22, R35: the order of one instant.
void sort_instants(Knowledge::Ticket& ticket) {
  for (auto& [at, events] : ticket) {
    std::sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
      return std::tie(a->source, a->epoch, a->sequence) <
             std::tie(b->source, b->epoch, b->sequence);
    });
  }
}

}  // namespace

Knowledge::Knowledge(const History& history, Instant as_of) : as_of_(as_of) {
  for (const Edition& edition : history.editions) {
    for (auto& [name, revisions] : revisions_) {
      const bool is_in_force = revisions.back().promise != nullptr;
      if (is_in_force && edition.book->find_promise(name) == nullptr)
        revisions.push_back({revisions.back().number, edition.valid_from, nullptr, nullptr});
    }
    for (const auto& promise : edition.book->promises) {
      auto& revisions = revisions_[promise.name];
      const Revision* last = revisions.empty() ? nullptr : &revisions.back();
      if (last != nullptr && last->promise != nullptr && last->promise->digest == promise.digest)
        continue;
      const uint32_t number = last == nullptr ? 1 : last->number + 1;
      revisions.push_back({number, edition.valid_from, &promise, edition.book.get()});
    }
    for (const auto& calendar : edition.book->calendars) {
      hours_.try_emplace({edition.book.get(), calendar.name}, calendar,
                         *edition.book->find_zone(calendar.timezone), history.first, kListedDays);
    }
  }
  for (const Event& event : history.events) {
    if (event.at > as_of) continue;  // R3
    auto& ticket = event.ticket.empty() ? branch_events_[event.branch]
                                        : tickets_[{event.branch, event.ticket}];
    ticket[event.at].push_back(&event);
  }
  for (auto& [name, ticket] : tickets_) sort_instants(ticket);
  for (auto& [name, ticket] : branch_events_) sort_instants(ticket);
}

std::vector<std::string> Knowledge::promise_names() const {
  std::vector<std::string> names;
  for (const auto& [name, revisions] : revisions_) names.push_back(name);
  return names;
}

const std::vector<Revision>& Knowledge::revisions(const std::string& promise) const {
  return revisions_.at(promise);
}

const Hours* Knowledge::hours(const Book& book, const std::string& calendar) const {
  return &hours_.at({&book, calendar});
}

Spans Knowledge::closings(const std::string& branch, Instant until, bool& is_closed) const {
  Spans closed;
  std::optional<Instant> since;
  const auto events = branch_events_.find(branch);
  if (events == branch_events_.end()) {
    is_closed = false;
    return closed;
  }
  for (const auto& [at, together] : events->second) {
    if (at > until) break;
    bool closes = false, opens = false;
    for (const Event* event : together) {
      closes = closes || event->type == "branch_closed";
      opens = opens || event->type == "branch_opened";
    }
    if (closes && !since) since = at;  // R35: closing first, then opening
    if (opens && since) {
      closed.push_back({*since, at});
      since.reset();
    }
  }
  is_closed = since.has_value();
  if (since) closed.push_back({*since, until});
  return closed;
}

Attributes Knowledge::branch_attributes(const BranchSpec& spec, Instant at) const {
  Attributes merged(spec.attributes.begin(), spec.attributes.end());
  const auto events = branch_events_.find(spec.name);
  if (events == branch_events_.end()) return merged;
  for (const auto& [name, value] : attributes_at(events->second, at)) merged[name] = value;
  return merged;
}

std::vector<Instant> Knowledge::branch_changes(const std::string& branch, Instant from,
                                               Instant until) const {
  std::vector<Instant> changes;
  const auto events = branch_events_.find(branch);
  if (events == branch_events_.end()) return changes;
  for (const auto& [at, together] : events->second) {
    if (at > from && at <= until) changes.push_back(at);
  }
  return changes;
}

const Hours* measure_of(const Knowledge& knowledge, const Book& book, const BranchSpec& branch,
                        const std::string& measure) {
  if (measure == "elapsed") return nullptr;
  return knowledge.hours(book, measure == "branch" ? branch.hours : measure);
}

/// Whose local dates count (R32).
const Hours* calendar_of_days(const Knowledge& knowledge, const Revision& revision,
                              const BranchSpec& branch) {
  const Hours* measure = measure_of(knowledge, *revision.book, branch, revision.promise->measure);
  if (measure != nullptr || branch.hours.empty()) return measure;
  return knowledge.hours(*revision.book, branch.hours);
}

const rules::model::ZoneTable& zone_of_days(const Knowledge& knowledge, const Revision& revision,
                                            const BranchSpec& branch) {
  const Hours* days = calendar_of_days(knowledge, revision, branch);
  return days != nullptr ? *days->zone : *revision.book->find_zone(branch.timezone);
}

Duration to_duration(const Knowledge& knowledge, const Revision& revision, const BranchSpec& branch,
                     const Limit& limit, Instant start) {
  if (limit.unit == Limit::Unit::duration) return limit.duration;
  const Hours* measure = measure_of(knowledge, *revision.book, branch, revision.promise->measure);
  const Hours* days = calendar_of_days(knowledge, revision, branch);
  const auto& zone = zone_of_days(knowledge, revision, branch);
  LocalDate date = local_date(zone, start);
  for (int left = limit.days; left > 0;) {
    date = date_of(day_number(date) + 1);
    if (limit.unit == Limit::Unit::calendar_days || days->is_business_day(date)) --left;
  }
  return Counting{measure, {}}.counted(start, end_of_day(zone, date));
}

CycleView::CycleView(const Knowledge& knowledge, const Cycle& cycle)
    : knowledge_(knowledge), cycle_(cycle), until_(cycle.stopped_at.value_or(knowledge.as_of())) {
  if (cycle.by) return;  // R17
  counting_.hours =
      measure_of(knowledge, *cycle.revision->book, *cycle.branch, cycle.revision->promise->measure);
  counting_.blocked = cycle.pauses;
  if (cycle.paused_since) counting_.blocked.push_back({*cycle.paused_since, until_});
  is_standing_ = cycle.paused_since.has_value();
  if (counting_.hours == nullptr) return;  // R35
  bool is_closed = false;
  for (const Span& span : knowledge.closings(cycle.branch->name, until_, is_closed))
    counting_.blocked.push_back(span);
  is_standing_ = is_standing_ || is_closed;
}

Duration CycleView::counted() const { return counting_.counted(cycle_.started_at, until_); }

std::optional<Instant> CycleView::due_at() const {
  if (cycle_.by) return cycle_.by;
  const auto due = counting_.reached(cycle_.started_at, cycle_.limit);
  const bool is_out_of_sight = !cycle_.stopped_at && is_standing_ && due && *due > until_;  // R27
  return is_out_of_sight ? std::nullopt : due;
}

bool CycleView::is_broken() const {
  return cycle_.revision->promise->is_boundary_inclusive ? counted() > cycle_.limit
                                                         : counted() >= cycle_.limit;
}

Duration CycleView::lateness() const { return cycle_.by ? until_ - *cycle_.by : counted(); }

bool CycleView::is_reached(Duration over) const {
  return cycle_.revision->promise->is_boundary_inclusive ? lateness() > over : lateness() >= over;
}

Duration CycleView::length(const Limit& limit) const {
  return to_duration(knowledge_, *cycle_.revision, *cycle_.branch, limit, cycle_.started_at);
}

/// Dates of [from, until) on which the clock ran; exclusively the last instant is late already.
int64_t CycleView::dates_of(const rules::model::ZoneTable& zone, Instant from) const {
  const bool is_inclusive = cycle_.revision->promise->is_boundary_inclusive;
  const Counting running{nullptr, counting_.blocked};
  const int today = day_number(local_date(zone, until_));
  int64_t dates = 0;
  Instant begin = from;
  for (int day = day_number(local_date(zone, from)); day <= today; ++day) {
    const Instant end = std::min(end_of_day(zone, date_of(day)), until_);
    const bool has_run = running.counted(begin, end) > Duration::zero();
    const bool is_running_at_end = day == today && !is_inclusive &&
                                   running.counted(until_ - Duration(1), until_) > Duration::zero();
    if (has_run || is_running_at_end) ++dates;
    begin = end;
  }
  return is_inclusive ? dates : std::max<int64_t>(dates, 1);
}

int64_t CycleView::periods(const rules::model::Tier& tier) const {
  if (!tier.every) return 1;
  const bool is_inclusive = cycle_.revision->promise->is_boundary_inclusive;
  const Duration over = length(tier.over);
  const Instant from =
      cycle_.by ? *cycle_.by + over : counting_.reached(cycle_.started_at, over).value();
  if (tier.every->unit != Limit::Unit::duration) {
    const auto& zone = zone_of_days(knowledge_, *cycle_.revision, *cycle_.branch);
    return dates_of(zone, from);
  }
  Counting counting = counting_;
  if (!tier.measure.empty() && !cycle_.by)
    counting.hours = measure_of(knowledge_, *cycle_.revision->book, *cycle_.branch, tier.measure);
  const int64_t late = counting.counted(from, until_).count();
  const int64_t every = tier.every->duration.count();
  if (tier.count == rules::model::Tier::Count::full) return late / every;
  return is_inclusive ? (late + every - 1) / every : late / every + 1;
}

std::optional<Instant> read_instant(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d.%dZ", &year, &month, &day, &hour, &minute,
                  &second, &ms) != 7)
    return std::nullopt;
  const int date = day_number(
      {static_cast<int16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)});
  return Instant(std::chrono::days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) + Duration(ms);
}

std::optional<Money> read_money(const std::string& text) {
  if (text.size() < 5 || text[3] != ' ') return std::nullopt;
  Money money;
  std::copy_n(text.begin(), 3, money.currency.code.begin());
  for (const char c : text.substr(4)) {
    if (c != '.') money.minor = money.minor * 10 + (c - '0');
  }
  return money;
}

}  // namespace lupaus::tests::naive
