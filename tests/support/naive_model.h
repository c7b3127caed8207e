// What promises mean, written a second time and as plainly as possible, for tests to hold against
// the engine and the ledger. It takes the model's plain values, but shares no code with
// rules/calendar, rules/engine, rules/ledger or rules/scenario, and recomputes everything from the
// sorted events.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/verdict.h"
#include "tests/support/naive_calendar.h"

namespace lupaus::tests::naive {

using Attributes = std::map<std::string, std::string>;

struct Event {
  Instant at{};
  std::string source;
  uint64_t epoch = 1, sequence = 0;
  std::string branch;
  std::string ticket;  ///< empty: a branch event
  std::string type;
  Attributes attributes;
};

/// A book and from when on it binds. A promise that the book before had and this one lacks is
/// retired.
struct Edition {
  Instant valid_from = rules::model::kBeginningOfTime;
  rules::model::BookPtr book;
};

/// Everything that a verdict may depend on.
struct History {
  std::vector<Edition> editions;  ///< ascending by valid_from
  std::vector<Event> events;      ///< in any order, each once
  Instant first{};                ///< nothing happens before it
};

/// A cycle as its verdict line shows it, and what it claims before groups and caps.
struct Judged {
  rules::model::VerdictLine line;
  const rules::model::Promise* promise = nullptr;
  /// Of a breach that is not excused, reached a tier and is settled: what its money becomes.
  enum class Claim : uint8_t { none, sum, forfeited, review, no_sum, nothing, behind };
  Claim claim = Claim::none;
  std::optional<rules::model::Money> claimed;  ///< by the tariff, with `sum` and `review`
  bool is_kept_back = false;                   ///< a `sum` that waits, and uses up no cap
  Attributes captured, settled;                ///< the ticket's, at the start and at settlement
  rules::model::LocalDate breached_on;         ///< of the branch
};

/// All cycles with complete knowledge up to `as_of`, in the order of reports (R60), without money.
std::vector<Judged> judge(const History& history, Instant as_of);

/// Decides groups (R47), and gives the order in which a backtest settles (R46) as places in
/// `judged`.
std::vector<size_t> settle(std::vector<Judged>& judged);

/// Fills `owed` and `paid_state` of the lines at the places of `order`, caps used up in that order
/// (R45-R49).
void charge(std::vector<Judged>& judged, const std::vector<size_t>& order);

/// When the promised day of a payout is over that was final at `final_at`, in the days of the
/// branch's hours (R33, R57); nullopt: no such day comes.
std::optional<Instant> payout_overdue_at(const History& history, const std::string& branch,
                                         const rules::model::Limit& due, Instant final_at);

/// judge, then charge in the order of settlement: what a backtest must say.
std::vector<rules::model::VerdictLine> backtest(const History& history, Instant as_of);

}  // namespace lupaus::tests::naive
