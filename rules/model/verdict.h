// How a commitment ends, and the key by which everyone names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/model/instant.h"
#include "rules/model/money.h"

namespace lupaus::rules::model {

enum class Verdict : uint8_t { open, kept, breached, voided, excused, indeterminate };
std::string_view format_verdict(Verdict verdict);  ///< `void` for voided
std::optional<Verdict> find_verdict(std::string_view text);

/// One promise revision bound to one ticket, for one cycle of its clock. Ordered as reports list it
/// (R60).
struct CommitmentKey {
  std::string branch;
  std::string ticket;
  std::string promise;
  uint32_t revision = 1;
  uint32_t cycle = 1;

  auto operator<=>(const CommitmentKey& o) const {
    if (auto c = branch <=> o.branch; c != 0) return c;
    if (auto c = ticket <=> o.ticket; c != 0) return c;
    if (auto c = promise <=> o.promise; c != 0) return c;
    return cycle <=> o.cycle;
  }
  bool operator==(const CommitmentKey&) const = default;
};
/// "helsinki-1/20260105-A017/served-in-15/1".
std::string format_commitment(const CommitmentKey& key);

/// What ended a cycle.
enum class End : uint8_t {
  none,
  stop,
  restart,
  voided,
  forfeit,
  review,
  expired_stop,
  expired_void,
  expired_forfeit,
  expired_review
};
bool is_expiry(End end);

/// Why a verdict did not rest on everything that could have changed it.
enum class Doubt : uint8_t {
  none,
  clock,    ///< by the raw times it would be another (semantics, section 3)
  silence,  ///< a source was silent for as long as the promise holds its verdicts
  lost,     ///< a source has lost events of its time for good
};
std::string_view format_doubt(Doubt doubt);  ///< "" for none

/// Where money for a breach stands.
enum class PaidState : uint8_t {
  none,
  owed,
  approved,
  dispatched,
  paid,
  held,
  recorded,
  forfeited,
  declined,
  failed,
  reversed,
  claimable  ///< the customer has to ask for it
};
std::string_view format_paid_state(PaidState state);  ///< "" for none
std::optional<PaidState> find_paid_state(std::string_view text);

/// One cycle of one promise's clock on one ticket, as the events known so far give it.
struct Cycle {
  Instant started_at{};
  std::optional<Instant> stopped_at;  ///< the instant of the end, whatever ended it (R62)
  End end = End::none;
  Duration limit{};
  Duration counted{};             ///< to the end, or to the horizon while open
  std::optional<Instant> due_at;  ///< earliest instant with counted == limit; null per R27
  std::optional<Instant>
      breaching_at;        ///< first instant that is beyond the promise; null if none is in sight
  bool is_broken = false;  ///< counted is beyond the limit
  int16_t excuse = -1;     ///< index in the promise's excuses of the one that held; -1: none
  Verdict verdict = Verdict::open;  ///< of the cycle as known; open while it runs unbroken
  Doubt doubt = Doubt::none;        ///< of a final verdict that was reached in spite of it
  /// "clock", "silence" or "lost", else "restarted", "void", "review" or "" (R67).
  std::string_view reason() const;

  bool operator==(const Cycle&) const = default;
};

/// One line of `backtest -o ndjson` and of `breaches list --all-verdicts`, in the order of its
/// keys.
struct VerdictLine {
  CommitmentKey key;
  Verdict verdict = Verdict::open;
  bool is_final = false;
  Instant started_at{};
  std::optional<Instant> due_at;
  std::optional<Instant> stopped_at;
  Duration counted{};
  std::optional<Duration> late_by;
  std::optional<Instant> breached_at;
  std::optional<Money> owed;
  PaidState paid_state = PaidState::none;
  std::string reason;
  std::string service{};    ///< captured at the start; in no JSON
  std::string label{};      ///< what the customer reads; in no JSON
  bool is_decided = false;  ///< by a person, whose word the clock's end leaves alone; in no JSON
};

/// The line as one JSON object without a newline: interfaces.md, "-o ndjson".
std::string to_json(const VerdictLine& line);

/// The line that a cycle gives; money is filled in by the ledger.
VerdictLine to_line(CommitmentKey key, const Cycle& cycle, bool is_final);

/// The line once a person has decided what was left to one: it says that verdict, and why. Where
/// only the money was held the verdict is final and stays; what became of the money says the rest.
void show_decision(Verdict verdict, std::string_view reason, VerdictLine& line);
/// The line of a decided commitment once its clock has ended: the decision stands, and a breach has
/// its lateness.
void show_end(const Cycle& cycle, VerdictLine& line);
/// The line of a breach once people have excused it: it keeps its instant and its lateness (R55).
void show_excuse(std::string_view excuse, VerdictLine& line);

}  // namespace lupaus::rules::model
