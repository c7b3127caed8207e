// What was recorded. A fact has happened: it is never refused, changed or taken back, only followed
// by others. Its durable form is proto/lupaus/storage/v1; the two change together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/event.h"
#include "rules/model/payout_fact.h"
#include "rules/model/verdict.h"

namespace lupaus::rules::model {

/// Place of a fact in its partition's journal; the first is 1.
using Position = uint64_t;

/// A book took effect for tickets that start at or after `valid_from`.
struct Published {
  BookPtr book;
  Instant valid_from{};
  std::string retired_reason;
  std::vector<std::string> retired;  ///< promises that this book leaves out on purpose
};
/// A source (or a new epoch of it) is known; its sequence starts at 1.
struct SourceRegistered {
  std::string source;
  uint64_t epoch = 1;
  bool is_backfill = false;
  bool is_without_heartbeat = false;  ///< waited for only where the book declares it
};
/// An event was taken. The views live as long as the batch that carries the fact.
struct Observed {
  Event event;
  Instant received_at{};
  bool is_retry = false;     ///< a rejected event resubmitted: its sequence was used up before
  bool is_backfill = false;  ///< judged by the watermark only (R98)
  Duration skew{};           ///< corrected_at is occurred_at + skew; zero: not corrected
  Instant corrected_at() const { return event.occurred_at + skew; }
};
/// An event used up its sequence and was kept, but not applied.
struct Rejected {
  Event event;
  Instant received_at{};
  std::string_view reason;  ///< stable: "unknown_branch", "unknown_type", "bad_attribute" …; static
                            ///< storage or kept alive
  std::string message;
};
/// An event that bears the identity of another one, with other content: a twin. Kept whole, never
/// applied; it uses up no sequence. The same twin said again is not recorded again.
struct Quarantined {
  Event event;
  Instant received_at{};
  std::string_view reason;  ///< stable: "twin"; static storage or kept alive
  std::string message;
};
/// By `received_at - sent_at` the source's clock is `skew` behind the server's (negative: ahead).
/// Beyond a tolerance of 1 s its events and heartbeats are corrected by it from here on.
struct SkewEstimated {
  std::string source;
  Duration skew{};
};
/// The source is no longer waited for. What it still sends is taken; a new epoch brings it back.
struct SourceRetired {
  std::string source;
  std::string reason;
};
/// The source has told everything before `at`.
struct WatermarkAdvanced {
  std::string source;
  Instant at{};             ///< corrected
  bool is_closing = false;  ///< the source is no longer waited for
};
/// The source no longer has [from, to): they are gone for good.
struct Lost {
  std::string source;
  uint64_t epoch = 1;
  uint64_t from = 0, to = 0;
};
/// Staff were told that `left` remains; `warning` counts from 0 in the order of the promise's list.
struct Warned {
  CommitmentKey key;
  uint32_t warning = 0;
  Instant due_at{};
};
/// Provisional: by the server's clock the promise is broken.
struct Breached {
  CommitmentKey key;
  Instant breached_at{};
  Instant detected_at{};
};
/// What was breached provisionally is not: evidence came in time.
struct Retracted {
  CommitmentKey key;
};
/// The verdict is final: the branch's watermark has passed what could change it.
struct Confirmed {
  CommitmentKey key;
  Cycle cycle;            ///< as it was when the verdict became final
  Instant detected_at{};  ///< of a breach: when it was first recorded
  std::string service;    ///< captured at the start; reports group by it
  std::string label;
  bool is_backfill = false;   ///< history: no signal is due
  bool is_end_final = false;  ///< the cycle's end is final with it; else `Ended` follows
  std::string segment{};      ///< captured at the start, as `service`
  std::string source{};       ///< whose event ended the clock, else began it; "" in old journals
};
/// The end of a cycle whose breach was final before it ended is final too. An excuse that is known
/// only now is told here: until then the verdict is `breached` (R93).
struct Ended {
  CommitmentKey key;
  Cycle cycle;
  std::string source{};  ///< as in Confirmed
};
/// An event came after finality that would have changed the final verdict, or its money. Nothing
/// final changes: an unpaid compensation is held, a paid one was paid in error. Once an event and
/// cycle.
struct LateEvidence {
  CommitmentKey key;
  std::string source;
  uint64_t epoch = 1, sequence = 0;  ///< of the event
  Verdict verdict =
      Verdict::open;              ///< that all events now give; void: there would be no such cycle
  std::optional<Money> owed;      ///< that they now give, before group and caps; nullopt: nothing
  uint64_t compensation = 0;      ///< number of the one that is doubted by it; 0: there is none
  bool is_holding = false;        ///< it was unpaid and is held from now on …
  bool is_paid_in_error = false;  ///< … or was on its way, and more than they now give
};
/// A person decided what was left to a person: an indeterminate verdict, or a held compensation.
/// The final fact stays as it is; this follows it, once.
struct ReviewDecided {
  CommitmentKey key;
  Verdict verdict = Verdict::kept;  ///< kept, breached or void
  std::string reason;
  std::string evidence;
};
/// The ticket left memory for a row of its own.
struct Archived {
  std::string branch;
  std::string ticket;
};

using FactBody =
    std::variant<Published, SourceRegistered, Observed, Rejected, WatermarkAdvanced, Lost, Warned,
                 Breached, Retracted, Confirmed, Ended, Owed, VoucherIssued, VoucherRedeemed,
                 Dispatched, Paid, Failed, BatchClosed, BatchApproved, BatchExported, Archived,
                 Quarantined, SkewEstimated, SourceRetired, LateEvidence, ReviewDecided, Released,
                 Declined, PayoutApproved, PayoutHeld, Reversed, BankAnswered, InstrumentChanged,
                 VoucherVoided, Claimed, Excused, PeriodClosed, BatchDiscarded, BatchSettled,
                 BatchAccrued, Restored>;

struct Fact {
  // WHY constructors: of an aggregate some four hundred bytes are zeroed first.
  Fact() noexcept {}  // NOLINT: defaulted it would zero them too
  template <typename Body>
  Fact(Position where, Instant when, std::shared_ptr<const Actor> who, Body&& what)
      : position(where), at(when), actor(std::move(who)), body(std::forward<Body>(what)) {}
  /// With a body of that kind, to be filled in.
  template <typename Body>
  Fact(Position where, Instant when, std::shared_ptr<const Actor> who,
       std::in_place_type_t<Body> kind)
      : position(where), at(when), actor(std::move(who)), body(kind) {}

  Position position = 0;
  Instant at{};  ///< when it was decided
  std::shared_ptr<const Actor> actor;
  FactBody body;
};
using Facts = std::vector<Fact>;

}  // namespace lupaus::rules::model
