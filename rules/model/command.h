// What is asked of the state: a stamped input. `decide` turns it into facts or refuses it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/event.h"
#include "rules/model/verdict.h"

namespace lupaus::rules::model {

/// Dense number of a ticket in memory; reused after the ticket is archived.
using TicketSlot = uint32_t;

struct Publish {
  BookPtr book;
  Instant valid_from{};
  std::vector<std::string> retire;
  std::string reason;
};
/// Makes a source known; epoch 0 asks for one. `kept_from` is the first sequence that the source
/// still has.
struct Register {
  std::string source;
  uint64_t epoch = 0;
  uint64_t kept_from = 0;
  bool is_backfill = false;
  bool is_without_heartbeat = false;  ///< it calls when it has something to say, and is silent else
};
/// The event is borrowed until the facts made of it are written.
struct Observe {
  const Event* event = nullptr;
  Instant received_at{};
  bool is_retry = false;
  bool is_backfill = false;
};
/// A heartbeat: everything up to `last_sequence` was sent, and nothing before `at` is still to
/// come.
struct Hear {
  std::string source;
  uint64_t epoch = 0;
  uint64_t last_sequence = 0;
  Instant at{};  ///< by the source's clock
  bool is_closing = false;
  /// For whoever estimates the skew: by the source's clock, and by the server's when it came.
  std::optional<Instant> sent_at{};
  Instant received_at{};
};
/// The clock of the source is `skew` behind the server's (negative: ahead), by rules/engine/skew.h.
struct EstimateSkew {
  std::string source;
  Duration skew{};
};
/// The source is out of use: nothing waits for it any more. A person's act.
struct Retire {
  std::string source;
  std::string reason;
};
/// A deadline of the ticket has come: warn, or breach provisionally.
struct Due {
  TicketSlot slot = 0;
};
/// Follow-up: compare what the ticket's events now say with what is recorded, and record the
/// difference.
struct Judge {
  TicketSlot slot = 0;
};
/// Follow-up: an event of the ticket that came after finality; what it would have changed is
/// recorded.
struct Weigh {
  TicketSlot slot = 0;
  std::string source;
  uint64_t epoch = 0, sequence = 0;
  Instant at{};      ///< corrected
  std::string type;  ///< of the event
};
/// What a person makes of an indeterminate verdict or of a held compensation: `breached` pays,
/// `kept` and `voided` do not. Refused when there is nothing to decide, and a second time.
struct DecideReview {
  CommitmentKey key;
  Verdict verdict = Verdict::kept;
  std::string reason;    ///< required
  std::string evidence;  ///< where the proof is kept; may be empty
};
/// Follow-up: a final breach whose end is final becomes money.
struct Charge {
  TicketSlot slot = 0;
  uint32_t commitment = 0;  ///< index in the ticket
};
/// What a channel says of a compensation.
struct Settle {
  enum class Outcome : uint8_t {
    voucher_issued,
    dispatched,
    paid,
    failed,
    unknown  ///< no answer in all the time there is: a person asks the receiver, and decides
  };
  uint64_t number = 0;
  Outcome outcome = Outcome::dispatched;
  std::string text;  ///< voucher code, reference, reason or channel
  uint32_t attempt = 0;
  /// The channel's: refused when the compensation is paid in another way by now; nullopt: any.
  std::optional<Instrument> instrument{};
};
struct RedeemVoucher {
  std::string code;
  std::string at_branch;
  /// The same again by the same actor changes nothing; "" is never the same.
  std::string request_id{};
};
/// What a person decides of one compensation.
struct DecidePayout {
  enum class Action : uint8_t {
    approve,
    decline,
    hold,
    release,
    confirm,  ///< that it was paid: the receiver or bank said so where no channel hears it
    fail      ///< that a transfer that left was not paid, and will not be
  };
  uint64_t number = 0;
  Action action = Action::approve;
  std::string reason;  ///< required but to approve and release; to confirm: the reference
  std::optional<LocalDate> booked_on{};  ///< to confirm: where the bank named a day
};
struct ChangeInstrument {
  uint64_t number = 0;
  Instrument instrument = Instrument::voucher;
  std::string reason;  ///< required
};
/// What the bank says of one transfer.
struct RecordAnswer {
  enum class Answer : uint8_t { noted, paid, rejected, returned };
  uint64_t number = 0;
  Answer answer = Answer::noted;
  std::optional<Money> amount;           ///< as the bank names it; another sum than ours is refused
  std::string code;                      ///< "ACSC", "RJCT", "AC04" …
  std::string reason;                    ///< in words, without names or account numbers
  std::string reference;                 ///< the bank's
  std::string message;                   ///< id of the bank's message
  std::optional<LocalDate> booked_on{};  ///< when it left, or came back
};
/// A late excuse of a final breach (R93).
struct ExcuseBreach {
  CommitmentKey key;
  std::string excuse;  ///< its id in the promise
  std::string reason;  ///< required
};
struct ClosePeriod {
  std::string month;                 ///< "2026-01"
  uint64_t through = 0;              ///< as in PeriodClosed …
  std::string postings_sha256 = {};  ///< … too
};
struct CloseBatch {
  Instant until{};                        ///< compensations owed at or before it
  std::vector<uint64_t> without_payee{};  ///< ascending; they wait until finance knows whom to pay
  Currency currency{};                    ///< not set: that of the first
};
/// A batch that was not exported is given up.
struct DiscardBatch {
  std::string id;
  std::string reason;  ///< required
};
struct ApproveBatch {
  std::string id;
  std::string content_hash;
  std::string payees_digest{};  ///< stands for who gets the money; "": no payees are kept
};
struct ExportBatch {
  std::string id;
  std::string format;
  std::string sha256{};  ///< of the file that leaves; "": its bytes may change (postings)
  Instant made_at{};     ///< as in BatchExported
};
struct Archive {
  TicketSlot slot = 0;
};
/// The data were put back from a backup. Said by the server itself, before it decides anything
/// else.
struct NoteRestore {};

using CommandBody =
    std::variant<Publish, Register, Observe, Hear, Due, Judge, Charge, Settle, RedeemVoucher,
                 CloseBatch, ApproveBatch, ExportBatch, Archive, EstimateSkew, Retire, Weigh,
                 DecideReview, DecidePayout, ChangeInstrument, RecordAnswer, ExcuseBreach,
                 ClosePeriod, DiscardBatch, NoteRestore>;

struct Command {
  Instant now{};
  std::shared_ptr<const Actor> actor;
  CommandBody body;
  bool is_clock_doubtful = false;  ///< the server's own clock jumped: nothing is confirmed
};

}  // namespace lupaus::rules::model
