// The things that the ledger's state consists of, as plain values; positions as in
// engine/entities.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/fact.h"

namespace lupaus::rules::ledger {

/// What one final breach owes one customer. Its outside id is "C-<partition>-<number>".
struct Compensation {
  model::Position position = 0;
  uint64_t number = 0;
  model::CommitmentKey key;
  std::string customer;
  model::Money computed;
  std::optional<model::Money> amount;
  model::PaidState state = model::PaidState::owed;
  model::Instrument instrument = model::Instrument::voucher;
  std::string reason;
  std::string owed_reason;  ///< what `reason` was when it was owed or released: what files carry
  std::string tier_clause;
  std::vector<model::Owed::CapDraw> draws;
  model::Instant owed_at{};
  model::Instant changed_at{};
  std::string batch;    ///< "" while in none
  std::string voucher;  ///< code once issued
  bool is_redeemed = false;
  std::string redeemed_by;          ///< id of the actor …
  std::string redeemed_at_branch;   ///< … where, …
  std::string redeemed_by_request;  ///< … and by which call, so that its repeat is known as such
  uint32_t attempts = 0;            ///< of dispatch
  std::string reference;            ///< the channel's, once paid
  std::optional<model::LocalDate> due_on;  ///< the promised day of the payout
  uint64_t late_of = 0;      ///< the compensation whose missed `due_on` this one pays for; 0: none
  uint64_t reverses = 0;     ///< the compensation that this one owes again; 0: none
  uint64_t reversed_by = 0;  ///< the one that owes this one again; 0: none
  std::optional<model::Instant> claim_until;         ///< while `claimable`
  std::optional<model::Instant> voucher_expires_at;  ///< nullopt: never
  bool is_voucher_void = false;
  std::vector<std::string> approved_by;  ///< ids of actors, who approved it so far
  std::vector<std::string>
      changed_by;         ///< … who held, excused, released or changed it: they never approve it
  std::string bank_code;  ///< the last that the bank said of it
  std::vector<std::string> bank_codes;        ///< all that it said before the end, each once
  model::Instant paid_at{};                   ///< while or after `paid`
  std::optional<model::LocalDate> booked_on;  ///< … where a bank said on which day
  bool is_day_told_later = false;  ///< … after it was paid: the books have it on another one
  std::optional<model::LocalDate> returned_on;  ///< when it came back; nullopt: `changed_at`
  model::Instant dispatched_at{};               ///< of the first attempt through a channel
  std::string accrued_in;  ///< the batch in whose posting file it became an expense; "": none
  std::string excuse;      ///< by which people excuse the breach (R93); "": none
  std::vector<std::string> excused_by;  ///< ids of actors, who said so
  bool is_excused = false;              ///< enough of them have
  bool has_late_evidence =
      false;                      ///< events that came too late say that it is not, or not so, owed
  bool is_paid_in_error = false;  ///< … when it was on its way already
  bool is_doubted = false;        ///< … and nobody has decided on it since
};

/// How the reason of what is above the promise's `approval.over` begins.
inline constexpr std::string_view kApproval = "approval";

/// Owed, but above the promise's `approval.over`: no channel and no batch takes it before people
/// let it pass.
bool awaits_approval(model::PaidState state, std::string_view reason);

/// How the reason of what failed begins where nobody can say whether it was paid.
inline constexpr std::string_view kOutcomeUnknown = "outcome unknown";

/// Failed, and perhaps paid: only a person who asked the receiver says what becomes of it.
bool is_outcome_unknown(model::PaidState state, std::string_view reason);

/// Why a compensation is held that events doubt which came after finality.
inline constexpr std::string_view kLateEvidence = "late evidence";

/// How much of one cap is used up, by the key `promise|scope|customer or -|local period`.
struct CapCounter {
  model::Position position = 0;
  std::string key;
  int64_t used_minor = 0;
  uint32_t used_times = 0;
};

/// Transfers that leave together. Lines and total never change after it is drawn up.
struct PayoutBatch {
  enum class State : uint8_t { draft, approved, exported, settled, discarded };
  model::Position position = 0;
  std::string id;  ///< "B-20260105-0001"
  State state = State::draft;
  std::vector<uint64_t> numbers;
  model::Money total;
  model::Instant until{};
  model::Instant created_at{}, approved_at{}, exported_at{};
  model::Actor created_by, approved_by;
  std::string content_hash;
  std::string discarded_reason;
  /// The forms in which it has left, and the bytes of each.
  struct Export {
    std::string format, sha256;
    model::Instant made_at{};  ///< what its bytes say of it; Instant{}: `approved_at`
  };
  std::vector<Export> exports{};
  std::string payees_digest{};  ///< of its payees when it was approved; "": none were kept
};

/// The form of a batch's file that the books take: it moves no money.
inline constexpr std::string_view kPostingFormat = "posting";

/// A month whose books are closed.
struct Period {
  model::Position position = 0;
  std::string month;  ///< "2026-01"
  model::Instant closed_at{};
  model::Actor closed_by;
  model::Position through = 0;    ///< the last fact that its postings may contain
  std::string postings_sha256{};  ///< of them, in hexadecimal; "": nobody drew them up
};

/// Whether nothing more becomes of a transfer in an exported batch.
bool is_final_line(model::PaidState state);

/// Whether two names are one person's: they differ in the case of letters at most.
bool is_same_person(std::string_view a, std::string_view b);

std::string_view format_batch_state(PayoutBatch::State state);

/// "C-1-42", and back; 0 when `text` is no such id of this partition.
std::string compensation_id(uint32_t partition, uint64_t number);
uint64_t compensation_number(uint32_t partition, std::string_view text);

}  // namespace lupaus::rules::ledger
