// The semantics of a clock, as one pure function: from a ticket's sorted events to the cycles of
// one promise. Live engine, replay and backtest all judge with it, so they cannot disagree.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rules/calendar/calendar.h"
#include "rules/engine/compiled_book.h"
#include "rules/engine/counting.h"
#include "rules/engine/entities.h"
#include "rules/model/promise.h"
#include "rules/model/verdict.h"

namespace lupaus::rules::engine {

class Names;

/// The names, books and branch facts that judging a ticket needs.
struct TicketView {
  const Ticket* ticket = nullptr;
  const Branch* branch = nullptr;  ///< closings and attributes as known; null: none
  const Names* names = nullptr;
  const Books* books;  ///< what the branch is at each start; no default, so that nobody forgets it
};

/// Until when things are known.
struct Horizon {
  model::Instant now{};        ///< open clocks are counted up to here
  model::Instant watermark{};  ///< `expired` acts when strictly later than its instant (R24, R74)
};

/// One judged cycle with what it was bound to.
struct JudgedCycle {
  uint32_t revision = 1;
  uint32_t number = 1;
  model::Cycle cycle;
  model::Instant expires_at = model::kEndOfTime;  ///< when something but an event ends it
  absl::InlinedVector<model::Instant, 4>
      warnings_at;  ///< of an open cycle; kEndOfTime: not in sight
};

/// A `start` (or a restart) that began no cycle, and why.
struct Unbound {
  enum class Why : uint8_t {
    other_branch,     ///< the book in force has no such branch
    no_hours,         ///< measured by the branch's hours, of which it declares none
    not_in_effect,    ///< outside `effective` (R11)
    does_not_apply,   ///< `applies` is false …
    cannot_apply,     ///< … or an error, which counts as false (R12)
    suspended,        ///< R95; `suspension` says by which
    no_deadline,      ///< "promise without a deadline" (R15)
    deadline_passed,  ///< `by` lies before the start (R16)
  };
  uint32_t revision = 1;
  model::Instant at{};
  Why why = Why::does_not_apply;
  int16_t suspension = -1;  ///< index in the promise's suspensions
  bool operator==(const Unbound&) const = default;
};

/// What a judged cycle was measured by. `blocked` ends with the cycle.
struct CycleMeasure {
  const Revision* revision = nullptr;
  const BranchContext* context = nullptr;
  Measure measure;
};

/// What judging finds beside the cycles.
struct Findings {
  bool is_detailed = false;  ///< asks for `unbound` and `measures`
  std::vector<Unbound> unbound;
  std::vector<CycleMeasure> measures;  ///< parallel to the cycles appended
  uint32_t condition_errors = 0;       ///< evaluations that were an error (R12) …
  model::Instant errors_from = model::kBeginningOfTime;  ///< … from this instant on
  // Room that is kept from one judgement to the next.
  std::vector<model::Attribute> ticket_attributes, event_attributes, branch_attributes;
};

/// Appends the cycles of `line` on the ticket that follow `last_final` (or all), in order.
/// `last_final` is the last cycle whose verdict and end are final: it is never judged again (R78).
void judge(const Line& line, const TicketView& view, const Horizon& horizon,
           const Commitment* last_final, std::vector<JudgedCycle>& cycles, Findings& findings);

/// What is known of a line's cycles on a ticket but for its newest event, which comes later than
/// all others.
struct JudgedSoFar {
  const Commitment* last = nullptr;  ///< the last cycle; null: there is none
  /// Pauses of the instant in which `last` began are its own: nothing but a restart ended there.
  bool is_paused_at_start = true;
};

/// Appends the cycles that the newest event changed or began: `known.last` anew when it runs, and
/// what follows. Equal to judging from the beginning.
void judge_on(const Line& line, const TicketView& view, const Horizon& horizon,
              const JudgedSoFar& known, std::vector<JudgedCycle>& cycles, Findings& findings);

/// The ticket's attributes merged from all events at or before `at` (later values replace earlier
/// ones, R13).
void merge_attributes(const TicketView& view, model::Instant at,
                      std::vector<model::Attribute>& merged);

}  // namespace lupaus::rules::engine
