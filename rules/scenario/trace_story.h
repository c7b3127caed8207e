// What the parts of a ticket's story share: the ticket and its branch in the names of the outside,
// local times, and what was true at an instant, with the values that a condition reads. Only the
// trace_*.cc files include it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/calendar/zone.h"
#include "rules/engine/capture.h"
#include "rules/ledger/step.h"
#include "rules/scenario/trace.h"

namespace lupaus::rules::scenario {

using EventImage = engine::TicketImage::EventImage;

/// What is true at one instant for one revision of a promise. The scope's views point into it.
struct Scene {
  Scene() = default;
  Scene(Scene&&) = default;
  Scene& operator=(Scene&&) = default;
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::vector<model::Attribute> ticket, branch, event;
  model::Scope scope;
  const model::Vocabulary* vocabulary = nullptr;
};

/// Everything that the blocks of one ticket share.
struct Story {
  const engine::State& state;
  const ledger::Ledger& ledger;
  const engine::Ticket& ticket;
  model::TicketSlot slot{};
  model::Instant now{};
  engine::TicketImage image;
  model::ZoneTable zone;
  std::vector<engine::Commitment> commitments;
  std::vector<engine::State::NotBound> not_bound;
  std::map<model::Currency, model::Money> owed;

  std::string time(model::Instant at) const { return calendar::format_time_of_day(zone, at); }
  /// With the date where it is another than that of `first`.
  std::string time(model::Instant at, model::Instant first) const;
  std::string date(model::Instant at) const;
  std::string name() const { return image.label.empty() ? image.ticket : image.label; }
  /// "p15, helsinki-1, A017, cycle 2, 2026-01-05\n": without a cycle for the first.
  std::string heading(std::string_view promise, uint32_t cycle, model::Instant first) const;

  const engine::Revision& revision_of(const engine::Commitment& commitment) const;
  const engine::Revision& revision_of(const engine::State::NotBound& start) const;
  /// The branch for a cycle that began at `start`.
  const engine::BranchContext& context_at(const engine::Revision& revision,
                                          model::Instant start) const;
  /// For conditions of `clock.on` when `event` is given. `began_at`: of the cycle that runs, which
  /// keeps the branch of its start.
  Scene scene_at(const engine::Revision& revision, model::Instant at,
                 const EventImage* event = nullptr,
                 model::Instant began_at = model::kEndOfTime) const;
  void add_owed(const model::Money& money);
};

/// Of a breach that was final before events said that there was none: its counted time is the least
/// of a breach, and no measurement.
struct Assumed {
  std::optional<model::Duration> counted;  ///< by the events known now; nullopt: there is no clock
};
/// nullopt: what is counted was measured.
std::optional<Assumed> find_assumed(const Story& story, const engine::Commitment& commitment);

/// Fills in day.class and day.weekday of the local date of `at`.
void set_day(Scene& scene, const calendar::Calendar* measured_by,
             const engine::BranchContext& context, model::Instant at);

/// The values that conditions written as `text` read: `segment = "staff", no customer,
/// branch.region = "north"`. Personal ones are not shown. "no attributes" when they read none.
std::string values_read(std::string_view text, const Scene& scene);

/// Whether a condition written as `text` reads anything `of` that: "ticket", "branch", "event",
/// "day".
bool reads(std::string_view text, std::string_view of);

/// What `by` reads, as it may be shown: "ticket.appointment_at = 2026-01-05T09:20:00+02:00 + 10m".
std::string deadline_text(const model::Deadline& by, const Scene& scene);

/// The line of `promise.on` that an event of `type` follows, and which of its cases held.
struct MatchedLine {
  model::Effect effect = model::Effect::proceed;
  const model::EffectLine* line = nullptr;          ///< null: not mapped
  const model::EffectLine::Case* choice = nullptr;  ///< null: `else`, or unconditional
};
MatchedLine match_line(const model::Promise& promise, std::string_view type,
                       const model::Scope& scope);

/// Why the promise binds the ticket: one line each for `applies`, its dates, and the suspensions of
/// those dates that did not hold.
std::vector<std::string> binding_lines(const Story& story, const engine::Commitment& commitment,
                                       model::Instant first);

/// The lines under a block that prove it: why it binds, limit, what was counted, excuses, money.
std::string proof(Story& story, const engine::Commitment& commitment, model::Instant first);

/// Why a start began no clock, as part of a sentence.
std::string refusal(const Story& story, const engine::State::NotBound& start, model::Instant first);

/// The block of a promise that does not run on the ticket.
std::string absence(const Story& story, const model::Promise& promise);

}  // namespace lupaus::rules::scenario
