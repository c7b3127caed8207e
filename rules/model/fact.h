// What was recorded. A fact has happened: it is never refused, changed or taken back, only followed
// by others. Its durable form is proto/lupaus/storage/v1; the two change together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rules/model/book.h"
#include "rules/model/event.h"
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
};
/// An event was taken. The views live as long as the batch that carries the fact.
struct Observed {
  Event event;
  Instant received_at{};
  bool is_retry = false;     ///< a rejected event resubmitted: its sequence was used up before
  bool is_backfill = false;  ///< judged by the watermark only (R98)
};
/// An event used up its sequence and was kept, but not applied.
struct Rejected {
  Event event;
  Instant received_at{};
  std::string_view reason;  ///< stable: "unknown_branch", "unknown_type", "bad_attribute" …; static
                            ///< storage or kept alive
  std::string message;
};
/// The source has told everything before `at`.
struct WatermarkAdvanced {
  std::string source;
  Instant at{};
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
};
/// The end of a cycle whose breach was final before it ended is final too.
struct Ended {
  CommitmentKey key;
  Cycle cycle;
};
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
  };
  std::vector<CapDraw> draws;
  std::string tier_clause;          ///< "tier over 15m pays EUR 10.00, promises.yaml:30:14"
  std::optional<LocalDate> due_on;  ///< the promised day of the payout; nullopt: none is promised
  uint64_t late_of = 0;  ///< the compensation whose missed `due_on` this one pays for (R57)
};
struct VoucherIssued {
  uint64_t number = 0;
  std::string code;
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
};
/// The channel says that it will never be paid this way.
struct Failed {
  uint64_t number = 0;
  std::string reason;
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
};
struct BatchExported {
  std::string id;
  std::string format;
};
/// The ticket left memory for a row of its own.
struct Archived {
  std::string branch;
  std::string ticket;
};

using FactBody =
    std::variant<Published, SourceRegistered, Observed, Rejected, WatermarkAdvanced, Lost, Warned,
                 Breached, Retracted, Confirmed, Ended, Owed, VoucherIssued, VoucherRedeemed,
                 Dispatched, Paid, Failed, BatchClosed, BatchApproved, BatchExported, Archived>;

struct Fact {
  Position position = 0;
  Instant at{};  ///< when it was decided
  std::shared_ptr<const Actor> actor;
  FactBody body;
};
using Facts = std::vector<Fact>;

}  // namespace lupaus::rules::model
