// Each statement against a copy of the payments that folds what was said before it, so that a file
// that says something twice says it once.
#include "server/finance/answer_matching.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "fmt/format.h"
#include "rules/model/kept_text.h"
#include "server/finance/payment_ids.h"

namespace lupaus::server::finance {
namespace {

using rules::model::PaidState;
using rules::model::RecordAnswer;
using Level = Statement::Level;
using Meaning = Statement::Meaning;

/// "account closed (see bank)": what the codes mean, then what the bank wrote. The first code is
/// told beside it.
std::string words_of(const Statement& statement) {
  std::string words;
  const auto append = [&](std::string_view more) {
    if (more.empty()) return;
    if (!words.empty()) words += ' ';
    words += more;
  };
  if (statement.reasons.empty()) append(rules::model::describe_reason(statement.status));
  for (const std::string& reason : statement.reasons) {
    if (&reason != &statement.reasons.front()) append(reason);
    append(rules::model::describe_reason(reason));
  }
  if (!statement.text.empty()) append("(" + statement.text + ")");
  return words;
}

/// The most telling code: why, or else what.
std::string code_of(const Statement& statement) {
  return statement.reasons.empty() ? statement.status : statement.reasons.front();
}

/// Some banks name the block of a total alone.
std::string message_of(const Statement& statement) {
  if (!statement.message_id.empty() || statement.level == Level::transaction)
    return statement.message_id;
  return std::string(message_of_payment_information(statement.payment_information_id));
}

RecordAnswer::Answer answer_of(Meaning meaning) {
  switch (meaning) {
    case Meaning::paid:
      return RecordAnswer::Answer::paid;
    case Meaning::rejected:
      return RecordAnswer::Answer::rejected;
    case Meaning::returned:
      return RecordAnswer::Answer::returned;
    default:
      return RecordAnswer::Answer::noted;
  }
}

class Matching {
 public:
  Matching(const BankAnswer& answer, SentPayments payments)
      : answer_(answer), payments_(std::move(payments)) {}

  Matches run() {
    for (index_ = 0; index_ < answer_.statements.size(); ++index_) {
      const Statement& statement = answer_.statements[index_];
      if (statement.level == Level::transaction) {
        take_transaction(statement);
      } else {
        take_message(statement);
      }
    }
    return std::move(matches_);
  }

 private:
  void miss(Mismatch why, uint64_t number = 0) {
    matches_.unmatched.push_back({index_, why, number});
  }

  void take_transaction(const Statement& statement) {
    if (!statement.message_id.empty() && payments_.find_message(statement.message_id) == nullptr)
      return miss(Mismatch::unknown_message);
    const uint64_t number = number_of_end_to_end_id(statement.end_to_end_id);
    SentPayment* payment = number == 0 ? nullptr : payments_.find(number);
    if (payment == nullptr ||
        (!statement.message_id.empty() && payment->message_id != statement.message_id))
      return miss(Mismatch::unknown_end_to_end);
    spoken_of_.insert(number);
    if (is_booking(statement) && !statement.amount) return miss(Mismatch::no_amount, number);
    if (statement.amount && statement.amount->currency != payment->amount.currency)
      return miss(Mismatch::currency_differs, number);
    if (statement.amount && statement.amount->minor != payment->amount.minor)
      return miss(Mismatch::amount_differs, number);
    take(statement, number, *payment);
  }

  static bool is_booking(const Statement& statement) {
    return statement.booked_on || statement.status == "BOOK";
  }

  void take_message(const Statement& statement) {
    const std::vector<uint64_t>* all = payments_.find_message(message_of(statement));
    if (all == nullptr) return miss(Mismatch::unknown_message);
    if (statement.meaning == Meaning::unknown) return miss(Mismatch::unknown_status);
    if (is_booking(statement) && !statement.amount) return miss(Mismatch::no_amount);
    if (statement.meaning == Meaning::partly) {
      if (!statement.has_details) miss(Mismatch::unknown_status);
      return;
    }
    // WHY: of a message whose payments are spoken of one by one, those left out were not paid.
    if (statement.has_details && statement.meaning != Meaning::rejected) return;
    std::vector<uint64_t> meant;
    for (const uint64_t number : *all)
      if (!spoken_of_.contains(number) && is_meant(statement, *payments_.find(number)))
        meant.push_back(number);
    if (statement.amount) {
      if (const auto why = sum_mismatch(statement, meant)) return miss(*why);
    }
    for (const uint64_t number : meant) take(statement, number, *payments_.find(number));
  }

  /// A total that was booked is that of the payments still under way, or of those it paid before.
  static bool is_meant(const Statement& statement, const SentPayment& payment) {
    if (!statement.amount) return true;
    return payment.state == PaidState::dispatched || payment.was_paid;
  }

  std::optional<Mismatch> sum_mismatch(const Statement& statement,
                                       const std::vector<uint64_t>& meant) {
    if (statement.count && *statement.count != meant.size()) return Mismatch::amount_differs;
    rules::model::Money total{statement.amount->currency, 0};
    for (const uint64_t number : meant) {
      const SentPayment& payment = *payments_.find(number);
      if (payment.amount.currency != total.currency) return Mismatch::currency_differs;
      const auto sum = rules::model::add(total, payment.amount);
      if (!sum) return Mismatch::amount_differs;
      total = *sum;
    }
    if (total.minor != statement.amount->minor) return Mismatch::amount_differs;
    return std::nullopt;
  }

  void take(const Statement& statement, uint64_t number, SentPayment& payment) {
    switch (statement.meaning) {
      case Meaning::unknown:
      case Meaning::partly:
        return miss(Mismatch::unknown_status, number);
      case Meaning::noted:
        return note(statement, number, payment);
      case Meaning::paid:
        if (is_day_news(statement, payment))
          return record(statement, number, payment, PaidState::paid);
        if (is_second_debit(statement, payment)) return miss(Mismatch::booked_twice, number);
        // A debit that comes after its return was booked before it.
        if (payment.was_paid || payment.state == PaidState::reversed) return know(number);
        return settle(statement, number, payment, PaidState::paid);
      case Meaning::rejected:
        if (payment.state == PaidState::failed) return know(number);
        return settle(statement, number, payment, PaidState::failed);
      case Meaning::returned:
        if (payment.state == PaidState::reversed) return know(number);
        if (payment.state == PaidState::paid)
          return record(statement, number, payment, PaidState::reversed);
        return settle(statement, number, payment, PaidState::reversed);
    }
  }

  /// The day of a payment that is known, or the debit of one that was said to have failed.
  static bool is_day_news(const Statement& statement, const SentPayment& payment) {
    if (!statement.booked_on) return false;
    return payment.state == PaidState::failed ||
           (payment.state == PaidState::paid && !payment.booked_on);
  }
  static bool is_second_debit(const Statement& statement, const SentPayment& payment) {
    const bool has_both = !statement.bank_reference.empty() && !payment.reference.empty();
    return has_both && statement.bank_reference != payment.reference && statement.booked_on &&
           payment.booked_on && *statement.booked_on != *payment.booked_on;
  }

  void know(uint64_t number) { matches_.known.push_back({index_, number}); }

  void note(const Statement& statement, uint64_t number, SentPayment& payment) {
    // What comes late says nothing of a payment that has its end.
    if (payment.state != PaidState::dispatched || payment.bank_code == code_of(statement))
      return is_sent(payment) ? know(number) : miss(Mismatch::not_sent, number);
    record(statement, number, payment, payment.state);
  }

  static bool is_sent(const SentPayment& payment) {
    return payment.was_paid || payment.state == PaidState::dispatched ||
           payment.state == PaidState::failed || payment.state == PaidState::reversed;
  }

  void settle(const Statement& statement, uint64_t number, SentPayment& payment, PaidState state) {
    if (!is_sent(payment)) return miss(Mismatch::not_sent, number);
    if (payment.state != PaidState::dispatched) return miss(Mismatch::settled_otherwise, number);
    record(statement, number, payment, state);
  }

  void record(const Statement& statement, uint64_t number, SentPayment& payment, PaidState state) {
    const bool is_day_alone = payment.state == PaidState::paid && state == PaidState::paid;
    payment.was_paid |= state == PaidState::paid;
    if (state == PaidState::paid && !payment.booked_on) {
      payment.booked_on = statement.booked_on;
      payment.reference = statement.bank_reference;
    }
    payment.state = state;
    payment.bank_code = code_of(statement);
    RecordAnswer command;
    command.number = number;
    command.answer = is_day_alone ? RecordAnswer::Answer::noted : answer_of(statement.meaning);
    // Of a block that was booked as one, its total is compared already.
    if (statement.level == Level::transaction) command.amount = statement.amount;
    command.code = payment.bank_code;
    command.reason = words_of(statement);
    command.reference = statement.bank_reference;
    command.booked_on = statement.booked_on;
    command.message = rules::model::keep_reference(answer_.message_id);
    matches_.answers.push_back({index_, std::move(command)});
  }

  const BankAnswer& answer_;
  SentPayments payments_;
  absl::flat_hash_set<uint64_t> spoken_of_;
  Matches matches_;
  size_t index_ = 0;
};

}  // namespace

void SentPayments::add(const rules::ledger::PayoutBatch& batch,
                       const rules::ledger::Compensation& line) {
  using State = rules::ledger::PayoutBatch::State;
  if (!line.amount) return;
  SentPayment payment{
      message_id(batch), *line.amount,   line.state,    line.paid_at != rules::model::Instant{},
      line.booked_on,    line.bank_code, line.reference};
  if (payment.state == PaidState::paid) payment.was_paid = true;
  const bool is_out = batch.state == State::exported || batch.state == State::settled;
  // A payment of an exported file is on its way, whatever a person thought of it since.
  if (!is_out && payment.state == PaidState::dispatched) payment.state = PaidState::approved;
  if (payments_.emplace(line.number, payment).second)
    messages_[payment.message_id].push_back(line.number);
}

SentPayment* SentPayments::find(uint64_t number) {
  const auto found = payments_.find(number);
  return found == payments_.end() ? nullptr : &found->second;
}

const std::vector<uint64_t>* SentPayments::find_message(const std::string& message_id) const {
  const auto found = messages_.find(message_id);
  return found == messages_.end() ? nullptr : &found->second;
}

std::string_view format_mismatch(Mismatch mismatch) {
  switch (mismatch) {
    case Mismatch::unknown_message:
      return "unknown message id";
    case Mismatch::unknown_end_to_end:
      return "unknown end-to-end id";
    case Mismatch::amount_differs:
      return "amount differs";
    case Mismatch::currency_differs:
      return "currency differs";
    case Mismatch::no_amount:
      return "no amount";
    case Mismatch::unknown_status:
      return "unknown status";
    case Mismatch::not_sent:
      return "not sent to a bank";
    case Mismatch::settled_otherwise:
      return "already settled with another result";
    case Mismatch::booked_twice:
      return "booked before, on another day and under another reference";
    case Mismatch::refused:
      break;
  }
  return "refused";
}

Matches match(const BankAnswer& answer, SentPayments payments) {
  return Matching(answer, std::move(payments)).run();
}

Wanted wanted_by(const BankAnswer& answer) {
  Wanted wanted;
  const auto only_once = [](auto& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  for (const Statement& statement : answer.statements) {
    std::string id = message_of(statement);
    const bool is_again = !wanted.message_ids.empty() && wanted.message_ids.back() == id;
    if (!id.empty() && !is_again) wanted.message_ids.push_back(std::move(id));
    const uint64_t number = number_of_end_to_end_id(statement.end_to_end_id);
    if (number != 0) wanted.numbers.push_back(number);
  }
  only_once(wanted.message_ids);
  only_once(wanted.numbers);
  return wanted;
}

}  // namespace lupaus::server::finance
