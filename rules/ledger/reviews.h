// What waits for a person: verdicts that nobody could prove, and compensations that are held; and
// what a person makes of them. And what hangs on silence: verdicts that are not final yet. Drawn
// from the state, a bounded piece a call.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {

struct Review {
  enum class Kind : uint8_t { indeterminate, held };
  Kind kind = Kind::indeterminate;
  model::CommitmentKey key;
  std::string label;
  model::Instant since{};  ///< when it became final, or the compensation was held
  std::string reason;  ///< "clock", "silence", "review", "late evidence", "cap customer/day" …
  model::Verdict verdict = model::Verdict::open;  ///< confirmed, which stays
  /// What the events known now say; open: nothing more than was confirmed.
  model::Verdict late_verdict = model::Verdict::open;
  /// By a person, before something held the money again; open: nothing yet.
  model::Verdict decided = model::Verdict::open;
  uint64_t compensation = 0;  ///< number, of a held one; else 0
  /// What `breached` would pay, before group and caps; nullopt: nothing.
  std::optional<model::Money> at_stake;
};
std::string_view format_review_kind(Review::Kind kind);  ///< "indeterminate", "held"

struct ReviewPage {
  std::vector<Review> reviews;  ///< ascending by (since of the ticket, key)
  /// To go on after; nullopt: that is all.
  std::optional<std::pair<model::Instant, model::TicketSlot>> next;
};
/// Reviews of at least `limit` commitments (all of a ticket come together), or all that are left,
/// from the ticket after `after` on.
ReviewPage reviews(const State& state, size_t limit,
                   const std::optional<std::pair<model::Instant, model::TicketSlot>>& after = {});

/// The facts of a decision: ReviewDecided, and what becomes of a held compensation. Where the
/// verdict was decided before, it is one of the money alone. Errors:
/// "not_found", "wrong_state" (nothing to decide), "already_decided", "bad_verdict", "bad_reason".
model::Result<std::vector<model::FactBody>> decide_review(const State& state,
                                                          const model::DecideReview& decision,
                                                          model::Instant now);

/// A verdict that is not final, and what hangs on it.
struct Pending {
  model::CommitmentKey key;
  model::Instant waits_for{};  ///< a branch watermark beyond it makes it final
  bool is_breached = false;    ///< provisionally, or finally with an end that is not final
  bool is_confirmed = false;   ///< only its end is waited for
  std::optional<model::Money> at_stake;  ///< of a breach: what its lateness so far pays
};
/// Appends those of the ticket that wait for an instant at or before `now`: nothing but a silent
/// source holds them. `engine::State::held_by(branch, waits_for)` names it.
void pending(const State& state, model::TicketSlot slot, model::Instant now,
             std::vector<Pending>& found);

}  // namespace lupaus::rules::ledger
