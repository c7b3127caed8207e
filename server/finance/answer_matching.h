// Which of our payments a bank's statements are about, and what they say of the money. Pure: the
// ledger decides again when it records them, this only finds out what to ask it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/ledger/entities.h"
#include "rules/model/command.h"
#include "server/finance/bank_answer.h"

namespace lupaus::server::finance {

/// One payment that was sent to a bank, as the ledger has it.
struct SentPayment {
  std::string message_id;
  rules::model::Money amount;
  rules::model::PaidState state = rules::model::PaidState::dispatched;
  bool was_paid = false;                             ///< now, or until it came back
  std::optional<rules::model::LocalDate> booked_on;  ///< where the bank said on which day
  std::string bank_code;                             ///< the last that the bank said
  std::string reference;                             ///< of the booking, the bank's own
};

/// The part of the ledger that statements can be about.
class SentPayments {
 public:
  /// Of a compensation that is in a batch; others are none of a bank's business.
  void add(const rules::ledger::PayoutBatch& batch, const rules::ledger::Compensation& line);

  SentPayment* find(uint64_t number);
  /// Ascending; nullptr when no file of ours has that id.
  const std::vector<uint64_t>* find_message(const std::string& message_id) const;

 private:
  absl::flat_hash_map<uint64_t, SentPayment> payments_;
  absl::flat_hash_map<std::string, std::vector<uint64_t>> messages_;
};

/// Why a statement was not used.
enum class Mismatch : uint8_t {
  unknown_message,     ///< no file of ours has that message id
  unknown_end_to_end,  ///< the message has no such payment
  amount_differs,
  currency_differs,
  no_amount,       ///< of a booking: nothing says how much of it is ours
  unknown_status,  ///< none, or one that we do not know: never success
  not_sent,        ///< the payment is in no file that was exported
  settled_otherwise,
  booked_twice,  ///< on another day, under another reference
  refused        ///< by the ledger, in its own words
};

/// "unknown message id", "amount differs" …
std::string_view format_mismatch(Mismatch mismatch);

struct MatchedAnswer {
  size_t statement = 0;  ///< index
  rules::model::RecordAnswer command;
};
struct KnownAnswer {
  size_t statement = 0;
  uint64_t number = 0;
};
struct UnmatchedStatement {
  size_t statement = 0;
  Mismatch why = Mismatch::unknown_message;
  uint64_t number = 0;  ///< the payment that was meant; 0: nobody knows
};

struct Matches {
  std::vector<MatchedAnswer> answers;         ///< in the order of the statements
  std::vector<KnownAnswer> known;             ///< recorded before: nothing to do
  std::vector<UnmatchedStatement> unmatched;  ///< for people
};

/// Statements about a whole message are spread over its payments, but for those that have one of
/// their own; of a message that is refused in part each payment needs its own. Never takes silence
/// for success. The same statements over payments that have folded the answers give none again.
Matches match(const BankAnswer& answer, SentPayments payments);

/// Message ids and payment numbers that `match` may look for.
struct Wanted {
  std::vector<std::string> message_ids;  ///< ascending, each once
  std::vector<uint64_t> numbers;         ///< ascending, each once
};
Wanted wanted_by(const BankAnswer& answer);

}  // namespace lupaus::server::finance
