// Facts about money: what is owed, what people decide of it, how it leaves, and what banks say.
// Positions, instants and actors are those of the Fact around them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/model/instant.h"
#include "rules/model/money.h"
#include "rules/model/promise.h"
#include "rules/model/verdict.h"

namespace lupaus::rules::model {

/// What a final breach owes. Nothing to pay is a fact as well (`state` says why).
struct Owed {
  uint64_t number = 0;  ///< of the compensation, from 1 in its partition
  CommitmentKey key;
  std::string customer;         ///< pseudonymous; "" when the ticket has none
  Money computed;               ///< by the tariff, before caps
  std::optional<Money> amount;  ///< to be paid; nullopt: nothing
  PaidState state = PaidState::owed;
  Instrument instrument = Instrument::voucher;
  Instant breached_at{};
  std::string reason;  ///< "cap customer/day" …; "" when paid in full
  struct CapDraw {
    std::string cap;    ///< key of the cap's counter
    int64_t minor = 0;  ///< what this compensation used up of it
    uint32_t times = 0;
    std::string clause;  ///< "caps[0] customer/day EUR 20.00, promises.yaml:31"
    /// What a cap that is a share came to; nullopt: the promise writes a sum, or times.
    std::optional<int64_t> maximum_minor{};
  };
  std::vector<CapDraw> draws;
  std::string tier_clause;          ///< "tier over 15m pays EUR 10.00, promises.yaml:30:14"
  std::optional<LocalDate> due_on;  ///< the promised day of the payout; nullopt: none is promised
  uint64_t late_of = 0;  ///< the compensation whose missed `due_on` this one pays for (R57)
  uint64_t reverses =
      0;  ///< the compensation whose payment came back or was refused, which this one owes again
  std::optional<Instant>
      claim_until;  ///< while `claimable`: claimed at or before it, or never paid
  /// Ids of people who entered events of the ticket, or decided its verdict: they never approve it.
  std::vector<std::string> entered_by{};
};
/// A held compensation was let go: it is owed from now on, as far as caps leave anything.
struct Released {
  uint64_t number = 0;
  CommitmentKey key;  ///< this and the next three as in Owed
  std::string customer;
  Money computed;
  Instrument instrument = Instrument::voucher;
  PaidState state = PaidState::owed;  ///< or recorded, held
  std::optional<Money> amount;
  std::vector<Owed::CapDraw> draws;  ///< what it used up beyond what it had used before
  std::string reason;                ///< as in Owed
};
/// A compensation that was not paid never will be.
struct Declined {
  uint64_t number = 0;
  std::string reason;
  std::vector<Owed::CapDraw> draws{};  ///< what it had used up of caps, and gives back (R48)
};
struct VoucherIssued {
  uint64_t number = 0;
  std::string code;
  std::optional<Instant> expires_at{};  ///< redeemed before it; nullopt: it never expires
};
/// A voucher that was never redeemed can be redeemed no more.
struct VoucherVoided {
  uint64_t number = 0;
  std::string code;
  std::string reason;  ///< "expired", "retracted", "instrument changed" …
};
struct VoucherRedeemed {
  uint64_t number = 0;
  std::string code;
  std::string at_branch;
  std::string request_id{};  ///< of the call that did it
};
/// The compensation was handed to a channel; `attempt` counts from 1.
struct Dispatched {
  uint64_t number = 0;
  uint32_t attempt = 0;
  std::string channel;
};
struct Paid {
  uint64_t number = 0;
  std::string reference;
  std::optional<LocalDate> booked_on{};  ///< by the bank, which may tell it days later
};
/// The channel says that it will never be paid this way.
struct Failed {
  uint64_t number = 0;
  std::string reason;
};
/// One person let a compensation pass that waited for approval by hand.
struct PayoutApproved {
  uint64_t number = 0;
  bool is_complete = false;  ///< as many have approved it as the promise asks for
  std::string reason;
};
/// A person keeps it back; Released or Declined follows.
struct PayoutHeld {
  uint64_t number = 0;
  std::string reason;
};
/// The money came back after it was paid. What is owed again is an Owed of its own that names this
/// one.
struct Reversed {
  uint64_t number = 0;
  std::string code;                      ///< the bank's, such as "AC04"
  std::string reason;                    ///< in words
  std::optional<LocalDate> booked_on{};  ///< … by the bank
};
/// What the bank said of a transfer that ends nothing yet: accepted, pending, a payee's name that
/// only nearly matches.
struct BankAnswered {
  uint64_t number = 0;
  std::string code;     ///< "ACSP", "ACCP", "PDNG" …
  std::string message;  ///< id of the bank's message
  /// Of what was paid already, on a day that nobody had named.
  std::optional<LocalDate> booked_on{};
};
/// The customer is paid in another way from now on. A voucher that was out is void before this.
struct InstrumentChanged {
  uint64_t number = 0;
  Instrument instrument = Instrument::voucher;
  std::string reason;
};
/// The customer asked for what has to be asked for.
struct Claimed {
  uint64_t number = 0;
  std::optional<LocalDate> due_on{};  ///< the promised day of the payout, which counts from here
};
/// One person's late excuse of a final breach (R93). The verdict stays, what is unpaid is declined
/// once it is complete.
struct Excused {
  CommitmentKey key;
  std::string excuse;  ///< its id in the promise
  std::string reason;
  bool is_complete = false;  ///< as many have said so as the promise asks for
  Instant started_at{};      ///< of the cycle; zero when its ticket is unknown …
  std::string service{};     ///< … as in Confirmed: reports group by it
};
/// Books of a month are closed: what is corrected later falls into the open one.
struct PeriodClosed {
  std::string month;  ///< "2026-01", in UTC
  /// The last fact that its postings may contain; 0: all before this one.
  uint64_t through = 0;
  std::string postings_sha256{};  ///< of them, in hexadecimal; "": nobody drew them up
};
/// A payout batch was drawn up. Its lines never change.
struct BatchClosed {
  std::string id;
  std::vector<uint64_t> numbers;  ///< ascending
  Money total;
  Instant until{};
};
struct BatchApproved {
  std::string id;
  std::string content_hash;
  std::string payees_digest{};  ///< stands for who gets the money; "": no payees were kept
};
struct BatchExported {
  std::string id;
  std::string format;
  std::string sha256{};  ///< of the file, in hexadecimal; "": the format is not kept to its bytes
  /// When its bytes were first made, of a payment file: the bank executes it from that day on;
  /// Instant{}: they say that they were made at the approval.
  Instant made_at{};
};
/// A batch that has not left the house never will; its lines are owed as before.
struct BatchDiscarded {
  std::string id;
  std::string reason;
};
/// The posting file of a batch was handed out, with the expense of each line that was in none yet.
struct BatchAccrued {
  std::string id;
};
/// Of each line of an exported batch it is known what became of it.
struct BatchSettled {
  std::string id;
};
/// The data were put back from a backup. What was given out after it is known outside, and not
/// here: from now on numbers and ids are others.
struct Restored {
  uint64_t next_number = 0;    ///< of compensations
  uint64_t first_ordinal = 0;  ///< of the batches of each day
};
}  // namespace lupaus::rules::model
