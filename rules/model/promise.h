// One declared promise, checked: what language/ makes of a `kind: Promise` document and engine/ and
// ledger/ obey. Every clause keeps the place in the file that it came from, so that a verdict can
// name its line.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/condition.h"
#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::rules::model {

/// What an event does to the clock (semantics 2).
enum class Effect : uint8_t {
  start,
  stop,
  restart,
  voided,  ///< written `void` in files
  forfeit,
  review,
  pause,
  resume,
  proceed,  ///< written `continue` in files
};
std::string_view format_effect(Effect effect);
std::optional<Effect> find_effect(std::string_view text);

/// One line of clock.on. `cases` is empty for an unconditional line.
struct EffectLine {
  struct Case {
    ConditionPtr when;
    Effect then = Effect::proceed;
  };
  std::vector<Case> cases;             ///< first match wins
  Effect otherwise = Effect::proceed;  ///< `else`, or the whole line
  Span span;
};

/// A local calendar date, proleptic Gregorian.
struct LocalDate {
  int16_t year = 0;
  uint8_t month = 0;
  uint8_t day = 0;
  auto operator<=>(const LocalDate&) const = default;
};
Result<LocalDate> parse_local_date(std::string_view text);  ///< "2026-01-05"
std::string format_local_date(LocalDate date);

/// A length as files write it: a duration, or a count of days of the calendar (R33).
struct Limit {
  enum class Unit : uint8_t { duration, business_days, calendar_days };
  Unit unit = Unit::duration;
  Duration duration{};  ///< unit == duration
  int32_t days = 0;     ///< otherwise
  bool operator==(const Limit&) const = default;
};
std::string format_limit(Limit limit);

struct WithinEntry {
  ConditionPtr when;  ///< null in the last entry
  Limit within;
  Span span;
};

struct Tier {
  Limit over;
  Money pay;  ///< flat tiers; other forms are "not supported yet"
  Span span;
};

struct Cap {
  enum class Scope : uint8_t {
    ticket,
    customer_day,
    customer_month,
    customer_year,
    promise_day,
    promise_month
  };
  enum class Then : uint8_t { record, hold };
  Scope scope = Scope::customer_day;
  Then then = Then::record;
  std::optional<Money> max;          ///< a sum …
  std::optional<int32_t> max_times;  ///< … or a number of compensations
  Span span;
};
std::string_view format_cap_scope(Cap::Scope scope);  ///< "customer/day"

enum class Instrument : uint8_t { voucher, transfer, webhook, apology };
std::string_view format_instrument(Instrument instrument);
std::optional<Instrument> find_instrument(std::string_view text);

/// A clause that is read and checked but not yet judged. Whoever would judge refuses it with this
/// line.
struct Unsupported {
  std::string what;  ///< "excuses", "caps per promise/month" …
  Span span;
};

struct Promise {
  std::string name;
  std::string owner;
  std::map<std::string, std::string> labels;
  std::string problem;
  std::map<std::string, std::string> wording;  ///< by language: fi, sv, en
  std::optional<LocalDate> from, until;        ///< local dates of the branch, until inclusive (R11)
  std::string vocabulary = "queue";
  ConditionPtr applies;

  // clock
  std::string measure;                   ///< "elapsed", "branch", or a calendar's name
  std::map<std::string, EffectLine> on;  ///< by event type; complete for the vocabulary
  std::optional<Duration>
      expire_after;  ///< nullopt: 24 h, or never where expired is `continue` (R87)
  enum class OnSilence : uint8_t { review, favour_customer } on_silence = OnSilence::review;

  // target
  std::vector<WithinEntry> within;  ///< one entry without `when` is the plain form
  bool is_boundary_inclusive = true;
  std::string objective;      ///< "95%" as written; reports only
  std::string objective_per;  ///< "month"

  std::vector<Duration> warn;  ///< time left at each warning, longest first

  // compensation; absent: the promise pays nothing
  struct Compensation {
    std::vector<Tier> tiers;  ///< ascending by `over`
    std::vector<Cap> caps;    ///< in the order written
    Instrument instrument = Instrument::voucher;
    std::string nature = "damages";
    Span span;
  };
  std::optional<Compensation> compensation;

  std::vector<Unsupported> unsupported;
  std::string digest;  ///< hash of its canonical form with the calendar and vocabulary it uses:
                       ///< same digest, same revision
  Span span;           ///< metadata.name
  Span within_span, applies_span;
};

/// 24 h where nothing is written; nullopt where `expired` only continues.
std::optional<Duration> effective_expiry(const Promise& promise);

}  // namespace lupaus::rules::model
