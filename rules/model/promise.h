// One declared promise, checked: what language/ makes of a `kind: Promise` document and engine/ and
// ledger/ obey. Every clause keeps the place in the file that it came from, so that a verdict can
// name its line.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
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
LocalDate utc_date(Instant at);
void put_local_date(LocalDate date, TextWriter& text);

/// A length as files write it: a duration, or a count of days of the calendar (R33).
struct Limit {
  enum class Unit : uint8_t { duration, business_days, calendar_days };
  Unit unit = Unit::duration;
  Duration duration{};  ///< unit == duration
  int32_t days = 0;     ///< otherwise
  bool operator==(const Limit&) const = default;
};
std::string format_limit(Limit limit);
void put_limit(Limit limit, TextWriter& text);

struct WithinEntry {
  ConditionPtr when;  ///< null in the last entry
  Limit within;
  Span span;
};

/// A due instant that a ticket's attribute names: `by: ticket.appointment_at + 10m`.
struct Deadline {
  std::string attribute;  ///< of type time, without `ticket.`
  Duration offset{};      ///< may be negative
  Span span;
};

std::string format_deadline(const Deadline& by);  ///< "by ticket.appointment_at + 10m"

/// `25% of ticket.fare`, `12.5% of final(ticket.bill)` (R44, R94).
struct Share {
  int64_t parts_per_million = 0;  ///< 25% is 250,000
  std::string attribute;          ///< of type money, without `ticket.`
  bool is_final = false;          ///< as at settlement; else as captured at the cycle's start
  bool operator==(const Share&) const = default;
};

/// A sum as files write it.
using Amount = std::variant<Money, Share>;
/// The sum of a flat amount; null for a share.
inline const Money* flat_sum(const Amount& amount) { return std::get_if<Money>(&amount); }
std::string format_amount(const Amount& amount);  ///< "EUR 10.00", "12.5% of ticket.fare"
void put_amount(const Amount& amount, TextWriter& text);
/// Parts per million in the one spelling of a percentage: "95%", "12.5%".
std::string format_percent(int64_t parts_per_million);

struct Tier {
  enum class Count : uint8_t { started, full };
  Limit over;
  Amount pay;
  std::optional<Limit> every;  ///< accrues: a duration, or `1 calendar day` (dates begun)
  Count count = Count::started;
  std::string measure;  ///< of the accrual: "elapsed", "branch", a calendar; "": the clock's (R42)
  std::optional<Amount> at_most, at_least;  ///< of this tier alone (R43)
  Span span;
};
/// "over 48h pays GBP 9.98 every 24h", with `full periods`, a measure or bounds of its own behind
/// it.
std::string format_tier(const Tier& tier);

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
  std::optional<Amount> max;         ///< a sum or a share …
  std::optional<int32_t> max_times;  ///< … or a number of compensations
  uint8_t from_month = 1;            ///< customer_year: its first day (R94)
  uint8_t from_day = 1;
  Span span;
};
std::string_view format_cap_scope(Cap::Scope scope);  ///< "customer/day"
std::optional<Cap::Scope> find_cap_scope(std::string_view text);

enum class Instrument : uint8_t { voucher, transfer, webhook, apology };
std::string_view format_instrument(Instrument instrument);
std::optional<Instrument> find_instrument(std::string_view text);

/// Why a breach may not be owed (R55, R93). Without `when` a person must say so.
struct Excuse {
  std::string id;
  ConditionPtr when;                           ///< null: by hand alone
  std::map<std::string, std::string> wording;  ///< by language
  int32_t approvers = 0;
  std::optional<int64_t> max_share_ppm;  ///< of all breaches, for those excused by hand
  Span span;
};

/// How long a verdict waits for a silent source where the promise does not say.
inline constexpr Duration kDefaultHold = std::chrono::hours(24);

/// Tickets that start in it are not bound (R95). Local dates of the branch, until inclusive.
struct Suspension {
  LocalDate from, until;
  ConditionPtr when;  ///< null: for all
  std::string reason;
  Span span;
};

/// A clause that is read and checked but not yet obeyed. Whoever would obey it refuses it with this
/// line.
struct Unsupported {
  std::string what;  ///< "instrument: apology" …
  Span span;
  bool is_live_only = false;  ///< a backtest obeys it; a server does not yet
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
  /// How long a verdict waits for a silent source, by the server's clock, from the instant that it
  /// waits for.
  Duration hold = kDefaultHold;

  // target
  std::vector<WithinEntry> within;  ///< one entry without `when` is the plain form; empty with `by`
  std::optional<Deadline> by;
  bool is_boundary_inclusive = true;
  std::optional<int64_t> objective_ppm;  ///< 95% is 950,000; reports only
  std::string objective_per;             ///< "month"

  std::vector<Duration> warn;  ///< time left at each warning, longest first

  // compensation; absent: the promise pays nothing
  /// What the customer has to do to be paid.
  struct Claim {
    std::string on;  ///< the event by which it is asked for
    Limit within;    ///< from finality
    Span span;
    bool operator==(const Claim&) const = default;
  };
  struct Compensation {
    std::vector<Tier> tiers;  ///< ascending by `over`
    std::vector<Cap> caps;    ///< in the order written
    Instrument instrument = Instrument::voucher;
    std::string nature = "damages";
    bool is_settled_at_breach = false;        ///< `settle: breach`
    bool is_stacked = false;                  ///< `stack: add`
    std::optional<Amount> at_most, at_least;  ///< of the sum of the tiers (R43)
    std::optional<Currency> currency;         ///< of every sum of the promise; nullopt: only shares
    std::optional<Money> min_payable;         ///< less is not paid
    std::string group;                        ///< "" is none (R47)
    std::optional<Limit> due;                 ///< of the payout, from finality
    /// Whose days `due` counts: "target" (of the euro's payment system), a calendar's name, or "",
    /// the hours of the branch.
    std::string due_days;
    std::optional<Limit> voucher_valid;  ///< from its issue; nullopt: it never expires
    std::optional<Claim> claim;          ///< nullopt: nobody has to ask
    std::optional<Money> late;           ///< owed once when `due` is missed (R57)
    std::optional<Money> approval_over;  ///< by hand above this
    int32_t approvers = 1;
    Span span, at_most_span, at_least_span, min_payable_span, group_span;
  };
  std::optional<Compensation> compensation;

  std::vector<Excuse> excuses;
  std::vector<Suspension> suspensions;

  std::vector<Unsupported> unsupported;
  std::string digest;  ///< hash of its canonical form with the calendar and vocabulary it uses:
                       ///< same digest, same revision
  Span span;           ///< metadata.name
  Span within_span, applies_span, effective_span;
};

/// 24 h where nothing is written; nullopt where `expired` only continues.
std::optional<Duration> effective_expiry(const Promise& promise);

}  // namespace lupaus::rules::model
