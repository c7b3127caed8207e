// What a bank says of our payments, read from its own forms: pain.002.001.03 and .10 (status
// reports) and camt.054.001.08 (what was booked). Bytes come in pieces, as they arrive; nothing is
// given out before the whole file was read and found well-formed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model/money.h"
#include "rules/model/promise.h"
#include "rules/model/result.h"

namespace lupaus::server::finance {

/// One sentence of the bank about one payment, or about all of a message.
struct Statement {
  /// All payments of the message, of one of its payment blocks, or one payment.
  enum class Level : uint8_t { message, payment, transaction };
  /// What it means for the money. `noted`: it ends nothing; `partly`: the payments are spoken of
  /// one by one; `unknown`: no status, or one that we do not know, is never success.
  enum class Meaning : uint8_t { unknown, noted, partly, paid, rejected, returned };
  /// What the bank found when it compared name and account of the payee.
  enum class PayeeCheck : uint8_t {
    none,
    match,
    close_match,
    no_match,
    not_applicable,
    not_completed,
    mismatches  ///< some payment of the message has one
  };

  Level level = Level::transaction;
  Meaning meaning = Meaning::unknown;
  PayeeCheck payee_check = PayeeCheck::none;
  /// At the level of a message or block: payments of it have statements of their own.
  bool has_details = false;
  uint32_t line = 0;  ///< of the file, where it ends

  std::string message_id;              ///< of our file; "" where the bank names none
  std::string payment_information_id;  ///< … its payment block
  std::string end_to_end_id;
  std::string instruction_id;
  std::optional<rules::model::Money> amount;  ///< of a block: its total
  std::optional<uint32_t> count;              ///< of a block: payments in it
  std::string status;                         ///< "ACSC", "RJCT"; of camt.054 "BOOK", "PDNG"
  std::vector<std::string> reasons;           ///< "AC04"; a bank's own code, where it is one
  /// In words, without names or account numbers: what a list of words lets through.
  std::string text;
  std::string bank_reference;
  std::optional<rules::model::LocalDate> booked_on;
};

struct BankAnswer {
  std::string form;        ///< "pain.002.001.10"
  std::string message_id;  ///< of the bank's file
  /// As they stand in the file, each message's and block's own after those of its payments.
  std::vector<Statement> statements;
};

/// Reads one file. One thread at a time. Never opens a file or a connection, and refuses document
/// type declarations, so that no entity can stand for anything.
class BankAnswerReader {
 public:
  BankAnswerReader();
  ~BankAnswerReader();

  /// The next bytes. After an error the reader is of no further use.
  rules::model::Result<void> feed(std::string_view bytes);

  /// After the last byte. Errors, of both, have the line: `unknown_form` (names what is supported),
  /// `bad_answer` (not well-formed, cut off, a value that cannot be), `answer_too_large`. None
  /// shows a name or an account number of the file.
  rules::model::Result<BankAnswer> finish();

  /// Above it a file is refused: a bank splits long before.
  static constexpr size_t kFileBytesMax = size_t{256} << 20;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

/// The same for bytes that are there already.
rules::model::Result<BankAnswer> read_bank_answer(std::string_view bytes);

/// "match", "close match" …; "" for none.
std::string_view format_payee_check(Statement::PayeeCheck check);

}  // namespace lupaus::server::finance
