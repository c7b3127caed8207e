// The semantics of a clock as the text says them, sentence by sentence, with no thought of speed.
#include "tests/support/naive_model.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace lupaus::tests::naive {

using rules::model::LocalDate;
using rules::model::Verdict;

namespace {

using std::chrono::days;

using std::chrono::minutes;

/// 01:00 UTC of the last Sunday of the month.
Instant last_sunday(std::chrono::year year, std::chrono::month month) {
  const std::chrono::sys_days date = year / month / std::chrono::Sunday[std::chrono::last];
  return Instant(date) + std::chrono::hours(1);
}

/// What the wall clock shows, as if it were UTC.
Instant wall(Instant at) { return at + helsinki_offset(at); }

/// R30: the instants of a minute of the wall clock. None: the transition. Twice: both.
Span instants_of(Instant wall_minute) {
  std::vector<Instant> found;
  for (Instant at = wall_minute - std::chrono::hours(4); at < wall_minute; at += minutes(1)) {
    if (wall(at) == wall_minute) found.push_back(at);
  }
  if (!found.empty()) return {found.front(), found.back()};
  Instant at = wall_minute - std::chrono::hours(4);
  while (wall(at) < wall_minute) at += minutes(1);
  return {at, at};
}

/// R31: the intervals that open on the local date which is `day`.
std::vector<rules::model::DayInterval> intervals_on(const rules::model::CalendarSpec& calendar,
                                                    std::chrono::sys_days day) {
  const std::chrono::year_month_day ymd(day);
  for (const auto& exception : calendar.exceptions) {
    const bool is_that_day = int(ymd.year()) == exception.date.year &&
                             unsigned(ymd.month()) == exception.date.month &&
                             unsigned(ymd.day()) == exception.date.day;
    if (is_that_day && exception.hours) return *exception.hours;
  }
  return calendar.week[std::chrono::weekday(day).iso_encoding() - 1].intervals;
}

/// `from` less everything in `taken`.
Spans without(Spans from, const Spans& taken) {
  for (const auto& [begin, end] : taken) {
    Spans left;
    for (const auto& [b, e] : from) {
      if (b < std::min(e, begin)) left.push_back({b, std::min(e, begin)});
      if (std::max(b, end) < e) left.push_back({std::max(b, end), e});
    }
    from = left;
  }
  return from;
}

bool holds(const When& when, const Attributes& event, const Attributes& ticket) {
  const auto& from = when.is_of_event ? event : ticket;
  const auto found = from.find(when.name);
  return found != from.end() && found->second == when.value;
}

/// One ticket's clock under one promise, instant by instant.
class Clock {
 public:
  Clock(const Promise& promise, const Spans& hours, Instant as_of)
      : promise_(promise), hours_(hours), as_of_(as_of) {}

  /// Branch events that closed (true) or opened (false), ascending, closing first at one instant.
  std::vector<std::pair<Instant, bool>> closings;

  void live_through(Instant at, const std::vector<Event>& events) {
    if (is_running_ && expires_at() < at) end(promise_.expired, expires_at());
    for (const auto& event : events) {
      for (const auto& [name, value] : event.attributes) ticket_[name] = value;
    }
    std::set<Effect> effects;
    std::set<std::string> starters, stoppers;
    for (const auto& event : events) {
      const Effect effect = effect_of(event);
      effects.insert(effect);
      if (effect == Effect::start) starters.insert(event.source);
      if (effect == Effect::stop) stoppers.insert(event.source);
    }
    const bool was_running = is_running_;
    if (!is_running_ && effects.contains(Effect::start) && binds(at)) {
      if (is_stopped_just_before(at, starters)) effects.insert(Effect::stop);
      begin(at);
    }
    if (!is_running_) {
      for (const auto& source : stoppers) ignored_stops_.push_back({at, source});
    }
    for (const Effect effect :
         {Effect::stop, Effect::restart, Effect::voided, Effect::forfeit, Effect::review}) {
      if (!is_running_ || !effects.contains(effect)) continue;
      end(effect, at);
      if (effect == Effect::restart) begin(at);
      break;
    }
    // R24: at its own instant expiry comes after every other end, and only once as_of is later.
    if (is_running_ && expires_at() == at && at < as_of_) end(promise_.expired, at);
    if (is_running_ && effects.contains(Effect::pause) && !paused_since_) paused_since_ = at;
    if (is_running_ && effects.contains(Effect::resume)) unpause(at);
    if (was_running && !is_running_ && effects.contains(Effect::start) && binds(at)) begin(at);
  }

  std::vector<Row> finish() {
    if (is_running_ && expires_at() < as_of_) end(promise_.expired, expires_at());
    if (is_running_) {
      Row row = measure(as_of_, false);
      row.verdict = is_broken(row) ? Verdict::breached : Verdict::open;
      close(row);
    }
    return rows_;
  }

 private:
  Effect effect_of(const Event& event) const {
    const Line& line = promise_.on.at(event.type);
    for (const auto& [when, then] : line.cases) {
      if (holds(when, event.attributes, ticket_)) return then;
    }
    return line.otherwise;
  }

  /// R10-R12, R53.
  bool binds(Instant at) const {
    const LocalDate date = helsinki_date(at);
    if (promise_.from && date < *promise_.from) return false;
    if (promise_.until && date > *promise_.until) return false;
    return !promise_.applies || holds(*promise_.applies, {}, ticket_);
  }

  /// R8: somebody else stopped it at most a second before, when nothing ran yet.
  bool is_stopped_just_before(Instant at, const std::set<std::string>& starters) const {
    for (const auto& [stopped_at, source] : ignored_stops_) {
      if (at - stopped_at > std::chrono::seconds(1)) continue;
      for (const auto& starter : starters) {
        if (starter != source) return true;
      }
    }
    return false;
  }

  void begin(Instant at) {
    is_running_ = true;
    started_at_ = at;
    pauses_.clear();
    paused_since_.reset();
    ignored_stops_.clear();
    for (const auto& [when, length] : promise_.within) {
      if (when && !holds(*when, {}, ticket_)) continue;
      limit_ = length;
      break;
    }
  }

  Instant expires_at() const {
    if (promise_.expired == Effect::proceed) return rules::model::kEndOfTime;
    return started_at_ + promise_.expire_after;
  }

  void unpause(Instant at) {
    if (!paused_since_) return;
    pauses_.push_back({*paused_since_, at});
    paused_since_.reset();
  }

  void end(Effect how, Instant at) {
    unpause(at);
    is_running_ = false;
    Row row = measure(at, true);
    row.stopped_at = at;
    const bool is_broken_now = is_broken(row);
    if (is_broken_now) {  // R28: whatever ends it
      row.verdict = Verdict::breached;
      row.owed = pay(row.counted);
      row.is_forfeited = how == Effect::forfeit && row.owed;
      if (row.is_forfeited) row.owed.reset();
      row.is_held = how == Effect::review && row.owed;
    } else if (how == Effect::stop) {
      row.verdict = Verdict::kept;
    } else {
      row.verdict = how == Effect::review ? Verdict::indeterminate : Verdict::voided;
    }
    // R67 names what ended the cycle; a broken one that is forfeited says so where its money
    // stands.
    if (how == Effect::restart) row.reason = "restarted";
    if (how == Effect::review) row.reason = "review";
    if (how == Effect::voided || (how == Effect::forfeit && !is_broken_now)) row.reason = "void";
    close(row);
  }

  void close(Row row) {
    row.cycle = static_cast<uint32_t>(rows_.size() + 1);
    if (row.verdict == Verdict::breached) {
      row.late_by = row.counted - limit_;
      row.breached_at = row.due_at;
    }
    rows_.push_back(row);
  }

  bool is_broken(const Row& row) const {
    return promise_.is_inclusive ? row.counted > limit_ : row.counted >= limit_;
  }

  std::optional<int64_t> pay(Duration counted) const {
    std::optional<int64_t> sum;
    for (const auto& [over, minor] : promise_.tiers) {
      if (promise_.is_inclusive ? counted > over : counted >= over) sum = minor;
    }
    return sum;
  }

  /// Unplanned closings that began before `until`; what is still closed then is closed to `until`.
  Spans closed_before(Instant until, bool& is_closed) const {
    Spans closed;
    std::optional<Instant> since;
    for (const auto& [at, is_closing] : closings) {
      if (at > until) break;
      if (is_closing && !since) since = at;
      if (!is_closing && since) {
        closed.push_back({*since, at});
        since.reset();
      }
    }
    is_closed = since.has_value();
    if (since) closed.push_back({*since, until});
    return closed;
  }

  /// Counted time up to `until`, and when the limit is reached: R20, R26, R27.
  Row measure(Instant until, bool is_ended) const {
    Row row;
    row.started_at = started_at_;
    bool is_standing = paused_since_.has_value();
    Spans blocked = pauses_;
    if (paused_since_) blocked.push_back({*paused_since_, until});
    if (!promise_.is_elapsed) {
      bool is_closed = false;
      for (const auto& span : closed_before(until, is_closed)) blocked.push_back(span);
      is_standing = is_standing || is_closed;
    }
    const Instant far = started_at_ + days(60);
    Spans open = promise_.is_elapsed ? Spans{{started_at_, far}} : hours_;
    open = without(open, {{Instant::min(), started_at_}});
    open = without(open, blocked);
    for (const auto& [begin, end] : open) {
      if (begin < until) row.counted += std::min(end, until) - begin;
    }
    Duration left = limit_;
    for (const auto& [begin, end] : open) {
      if (end - begin >= left) {
        row.due_at = begin + left;
        break;
      }
      left -= end - begin;
    }
    if (!is_ended && is_standing && row.due_at > until) row.due_at.reset();
    return row;
  }

  const Promise& promise_;
  const Spans& hours_;
  const Instant as_of_;
  std::vector<Row> rows_;
  Attributes ticket_;
  bool is_running_ = false;
  Instant started_at_{};
  Duration limit_{};
  Spans pauses_;
  std::optional<Instant> paused_since_;
  std::vector<std::pair<Instant, std::string>> ignored_stops_;  ///< since the last cycle began
};

}  // namespace

Duration helsinki_offset(Instant at) {
  const auto year = std::chrono::year_month_day(std::chrono::floor<days>(at)).year();
  const bool is_summer =
      at >= last_sunday(year, std::chrono::March) && at < last_sunday(year, std::chrono::October);
  return std::chrono::hours(is_summer ? 3 : 2);
}

LocalDate helsinki_date(Instant at) {
  const std::chrono::year_month_day ymd(std::chrono::floor<days>(wall(at)));
  return {static_cast<int16_t>(int(ymd.year())), static_cast<uint8_t>(unsigned(ymd.month())),
          static_cast<uint8_t>(unsigned(ymd.day()))};
}

Spans opening_hours(const rules::model::CalendarSpec& calendar, Instant first, int count) {
  std::vector<bool> is_open(static_cast<size_t>(count) * 1440);
  const auto first_day = std::chrono::floor<days>(first);
  for (int day = -3; day < count + 3; ++day) {
    const auto date = first_day + days(day);
    for (const auto& interval : intervals_on(calendar, date)) {
      const int length_day = interval.end_minute <= interval.begin_minute ? 1 : 0;
      const Instant begin = instants_of(Instant(date) + minutes(interval.begin_minute)).first;
      const Instant end =
          instants_of(Instant(date) + days(length_day) + minutes(interval.end_minute)).second;
      for (Instant at = begin; at < end; at += minutes(1)) {
        const auto place = std::chrono::floor<minutes>(at - Instant(first_day)).count();
        if (place >= 0 && place < count * 1440L) is_open[static_cast<size_t>(place)] = true;
      }
    }
  }
  Spans spans;
  for (size_t i = 0; i < is_open.size(); ++i) {
    const Instant at = Instant(first_day) + minutes(i);
    if (!is_open[i]) continue;
    if (!spans.empty() && spans.back().second == at) {
      spans.back().second = at + minutes(1);
    } else {
      spans.push_back({at, at + minutes(1)});
    }
  }
  return spans;
}

std::string format(const Row& row) {
  const auto instant = [](const std::optional<Instant>& at) {
    return at ? rules::model::format_instant(*at) : std::string("null");
  };
  std::string text = "cycle " + std::to_string(row.cycle) + " " +
                     std::string(rules::model::format_verdict(row.verdict)) + " started " +
                     instant(row.started_at) + " due " + instant(row.due_at) + " stopped " +
                     instant(row.stopped_at) + " counted " +
                     rules::model::format_seconds(row.counted) + " late " +
                     (row.late_by ? rules::model::format_seconds(*row.late_by) : "null") +
                     " breached " + instant(row.breached_at) + " reason \"" + row.reason +
                     "\" owed " + (row.owed ? std::to_string(*row.owed) : "null");
  if (row.is_held) text += " held";
  if (row.is_forfeited) text += " forfeited";
  return text;
}

std::vector<Row> judge(const Promise& promise, const std::string& ticket,
                       const std::vector<Event>& events, const Spans& hours, Instant as_of) {
  Clock clock(promise, hours, as_of);
  std::map<Instant, std::vector<Event>> by_instant;
  for (const auto& event : events) {
    if (event.at > as_of) continue;  // R3
    if (event.ticket == ticket) by_instant[event.at].push_back(event);
    if (event.ticket.empty()) clock.closings.push_back({event.at, event.type == "branch_closed"});
  }
  std::sort(clock.closings.begin(), clock.closings.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first, !a.second) < std::tuple(b.first, !b.second);  // R35
  });
  for (auto& [at, together] : by_instant) {
    std::sort(together.begin(), together.end(), [](const Event& a, const Event& b) {
      return std::tie(a.source, a.epoch, a.sequence) < std::tie(b.source, b.epoch, b.sequence);
    });
    clock.live_through(at, together);
  }
  return clock.finish();
}

}  // namespace lupaus::tests::naive
