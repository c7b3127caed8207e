// What a promise means, written a second time and as plainly as possible, for tests to hold against
// the engine. Shares nothing with rules/engine, rules/ledger or rules/calendar: hours are walked
// minute by minute over a zone rule written by hand, and every question is asked of plain lists.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/verdict.h"

namespace lupaus::tests::naive {

using rules::model::Duration;
using rules::model::Effect;
using rules::model::Instant;

using Attributes = std::map<std::string, std::string>;

/// `event.NAME == VALUE` or `ticket.NAME == VALUE`. A missing attribute is an error: false (R12).
struct When {
  bool is_of_event = false;
  std::string name, value;
};

/// One line of clock.on.
struct Line {
  std::vector<std::pair<When, Effect>> cases;  ///< first match wins
  Effect otherwise = Effect::proceed;
};

struct Promise {
  std::string name;
  std::map<std::string, Line> on;
  Effect expired = Effect::review;
  std::optional<When> applies;  ///< none: always
  std::optional<rules::model::LocalDate> from, until;
  std::vector<std::pair<std::optional<When>, Duration>> within;  ///< the last has no `when`
  bool is_inclusive = true;
  bool is_elapsed = true;  ///< else it counts opening hours
  Duration expire_after = std::chrono::hours(24);
  std::vector<std::pair<Duration, int64_t>> tiers;  ///< over, minor units; ascending
};

struct Event {
  Instant at{};
  std::string source;
  uint64_t epoch = 1, sequence = 0;
  std::string ticket;  ///< empty: a branch event
  std::string type;
  Attributes attributes;
};

using Span = std::pair<Instant, Instant>;  ///< half-open
using Spans = std::vector<Span>;           ///< ascending, disjoint

/// Offset of Europe/Helsinki, by the rule of the European Union since 1997.
Duration helsinki_offset(Instant at);
rules::model::LocalDate helsinki_date(Instant at);

/// When a calendar in Europe/Helsinki is open, from 00:00 UTC of `first` on, for `days` days.
Spans opening_hours(const rules::model::CalendarSpec& calendar, Instant first, int days);

/// One cycle as a verdict line shows it, with what it owes before caps.
struct Row {
  uint32_t cycle = 1;
  Instant started_at{};
  std::optional<Instant> due_at, stopped_at;
  Duration counted{};
  std::optional<Duration> late_by;
  std::optional<Instant> breached_at;
  rules::model::Verdict verdict = rules::model::Verdict::open;
  std::string reason;
  std::optional<int64_t> owed;  ///< minor units; none while the clock runs
  bool is_held = false;         ///< R29
  bool is_forfeited = false;    ///< R28

  bool operator==(const Row&) const = default;
};
std::string format(const Row& row);

/// The cycles of `promise` on one ticket, given all events of the branch (those of other tickets
/// are skipped) with complete knowledge up to `as_of`. `hours` reach far enough for every due.
std::vector<Row> judge(const Promise& promise, const std::string& ticket,
                       const std::vector<Event>& events, const Spans& hours, Instant as_of);

}  // namespace lupaus::tests::naive
