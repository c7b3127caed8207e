// What is asked of the state: a stamped input. `decide` turns it into facts or refuses it.
#pragma once

#include <memory>
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
  Instant at{};
  bool is_closing = false;
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
/// Follow-up: a final breach whose end is final becomes money.
struct Charge {
  TicketSlot slot = 0;
  uint32_t commitment = 0;  ///< index in the ticket
};
/// What a channel says of a compensation.
struct Settle {
  enum class Outcome : uint8_t { voucher_issued, dispatched, paid, failed };
  uint64_t number = 0;
  Outcome outcome = Outcome::dispatched;
  std::string text;  ///< voucher code, reference, reason or channel
  uint32_t attempt = 0;
};
struct RedeemVoucher {
  std::string code;
  std::string at_branch;
  /// The same again by the same actor changes nothing; "" is never the same.
  std::string request_id{};
};
struct CloseBatch {
  Instant until{};  ///< compensations owed at or before it
};
struct ApproveBatch {
  std::string id;
  std::string content_hash;
};
struct ExportBatch {
  std::string id;
  std::string format;
};
struct Archive {
  TicketSlot slot = 0;
};

using CommandBody = std::variant<Publish, Register, Observe, Hear, Due, Judge, Charge, Settle,
                                 RedeemVoucher, CloseBatch, ApproveBatch, ExportBatch, Archive>;

struct Command {
  Instant now{};
  std::shared_ptr<const Actor> actor;
  CommandBody body;
};

}  // namespace lupaus::rules::model
