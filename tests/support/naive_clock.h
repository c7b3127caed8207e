// One ticket's clock under one promise, for the naive model.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/naive_model.h"

namespace lupaus::tests::naive {

/// A revision of a promise and the book that it came with.
struct Revision {
  uint32_t number = 1;
  Instant valid_from{};
  const rules::model::Promise* promise = nullptr;  ///< null: retired from here on
  const rules::model::Book* book = nullptr;
};

/// The history, sorted into what one question at a time needs.
class Knowledge {
 public:
  Knowledge(const History& history, Instant as_of);

  Instant as_of() const { return as_of_; }
  std::vector<std::string> promise_names() const;
  const std::vector<Revision>& revisions(const std::string& promise) const;
  const Hours* hours(const rules::model::Book& book, const std::string& calendar) const;
  /// (branch, ticket) with its events by instant, each instant in order (R2).
  using Ticket = std::map<Instant, std::vector<const Event*>>;
  const std::map<std::pair<std::string, std::string>, Ticket>& tickets() const { return tickets_; }
  /// Unplanned closings of the branch up to `until`; `is_closed`: one lasts on.
  Spans closings(const std::string& branch, Instant until, bool& is_closed) const;
  /// The branch's attributes as they stood at `at`.
  Attributes branch_attributes(const rules::model::BranchSpec& spec, Instant at) const;
  /// Instants in (from, until] at which branch attributes changed.
  std::vector<Instant> branch_changes(const std::string& branch, Instant from, Instant until) const;

 private:
  const Instant as_of_;
  std::map<std::string, std::vector<Revision>> revisions_;
  std::map<std::pair<const rules::model::Book*, std::string>, Hours> hours_;
  std::map<std::pair<std::string, std::string>, Ticket> tickets_;
  std::map<std::string, Ticket> branch_events_;
};

/// One cycle while it is judged.
struct Cycle {
  uint32_t number = 1;
  const Revision* revision = nullptr;
  const rules::model::BranchSpec* branch = nullptr;
  Instant started_at{};
  Duration limit{};             ///< with `by`: from start to due
  std::optional<Instant> by{};  ///< the due instant that an attribute named
  Spans pauses;
  std::optional<Instant> paused_since;
  rules::model::End end = rules::model::End::none;
  std::optional<Instant> stopped_at;
  Attributes captured;
};

/// Reading a cycle once it has ended, or at the horizon.
class CycleView {
 public:
  CycleView(const Knowledge& knowledge, const Cycle& cycle);

  Instant until() const { return until_; }
  Duration counted() const;
  std::optional<Instant> due_at() const;
  bool is_broken() const;
  /// What `over` is compared with (R18).
  Duration lateness() const;
  bool is_reached(Duration length) const;
  Duration length(const rules::model::Limit& limit) const;
  /// Periods of a reached tier (R41, R42, R33).
  int64_t periods(const rules::model::Tier& tier) const;

 private:
  int64_t dates_of(const rules::model::ZoneTable& zone, rules::model::Instant from) const;

  const Knowledge& knowledge_;
  const Cycle& cycle_;
  Instant until_;
  bool is_standing_ = false;  ///< paused or closed at the horizon, still open
  Counting counting_;
};

/// The calendar of a measure; null for `elapsed`.
const Hours* measure_of(const Knowledge& knowledge, const rules::model::Book& book,
                        const rules::model::BranchSpec& branch, const std::string& measure);
/// The calendar whose local dates count, and its zone (R32); null: the branch has none.
const Hours* calendar_of_days(const Knowledge& knowledge, const Revision& revision,
                              const rules::model::BranchSpec& branch);
const rules::model::ZoneTable& zone_of_days(const Knowledge& knowledge, const Revision& revision,
                                            const rules::model::BranchSpec& branch);
/// `limit` as a duration of the promise's measure from `start` on (R33).
Duration to_duration(const Knowledge& knowledge, const Revision& revision,
                     const rules::model::BranchSpec& branch, const rules::model::Limit& limit,
                     Instant start);

/// The cycles of one promise on one ticket.
std::vector<Cycle> run_clock(const Knowledge& knowledge, const std::string& promise,
                             const std::pair<std::string, std::string>& ticket);

/// The ticket's attributes merged from all events at or before `at` (R13).
Attributes attributes_at(const Knowledge::Ticket& ticket, Instant at);

/// Whether a condition holds; an error is no (R12).
struct Question {
  const rules::model::BranchSpec* branch = nullptr;
  const Attributes* ticket = nullptr;
  const Attributes* branch_attributes = nullptr;
  const Attributes* event = nullptr;
  std::string day_class;
  int day_weekday = 0;
};
bool holds(const rules::model::ConditionPtr& condition, const Question& question);

/// Notation, read once more: "2026-01-05T07:00:00.000Z" and "EUR 10.00".
std::optional<Instant> read_instant(const std::string& text);
std::optional<rules::model::Money> read_money(const std::string& text);

}  // namespace lupaus::tests::naive
