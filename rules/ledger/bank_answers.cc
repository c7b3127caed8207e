// What a bank says of a transfer that has left: what it says again changes nothing, and what it
// contradicts is left to people.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/ledger/payout_error.h"
#include "rules/ledger/payouts.h"

namespace lupaus::rules::ledger {
namespace {

using model::Error;
using model::PaidState;
using model::Result;
using Bodies = std::vector<model::FactBody>;

/// ISO 20022 codes by which the account or its holder is not what was written.
constexpr std::array<std::string_view, 9> kWrongAccount = {"AC01", "AC03", "AC04", "AC06", "AC07",
                                                           "AG01", "BE06", "MD07", "RC01"};

/// Codes that say nothing new are ignored, whatever order the bank's files come in.
Bodies note(const Compensation& c, const model::RecordAnswer& answer) {
  // Some banks say that they paid, and later on which day.
  if (c.state == PaidState::paid && !c.booked_on && answer.booked_on)
    return {model::BankAnswered{c.number, answer.code, answer.message, answer.booked_on}};
  const auto& heard = c.bank_codes;
  const bool is_known = std::find(heard.begin(), heard.end(), answer.code) != heard.end();
  if (c.state != PaidState::dispatched || is_known) return {};
  return {model::BankAnswered{c.number, answer.code, answer.message}};
}

std::string in_words(const model::RecordAnswer& answer) {
  if (answer.code.empty()) return answer.reason;
  return answer.reason.empty() ? answer.code : answer.code + " " + answer.reason;
}

Bodies give_back(const State& state, const Compensation& c, const model::RecordAnswer& answer) {
  const bool is_stuck = is_account_wrong(answer.code);
  return come_back(state, {c.number, answer.code, answer.reason, answer.booked_on},
                   is_stuck ? PaidState::held : PaidState::owed,
                   fmt::format("{}: {}", is_stuck ? "bank" : "returned", in_words(answer)));
}

/// WHY a week more: over weekends and holidays banks book on the next bank day. A day before the
/// export is one: after a restore a file is exported that had left before.
std::optional<Error> check_day(const model::RecordAnswer& answer, model::Instant now) {
  const model::LocalDate last = model::utc_date(now + std::chrono::hours(7 * 24));
  if (!answer.booked_on || *answer.booked_on <= last) return std::nullopt;
  return Error{
      "bad_date",
      fmt::format("expected a booking day of today or a week ahead at most, but the bank says {}",
                  model::format_local_date(*answer.booked_on)),
      "ask the bank; nothing was changed",
      {}};
}

Error contradiction(const State& state, const Compensation& c, std::string_view says) {
  return wrong_state(fmt::format("the bank says that {} was {}, but {}", id_of(state, c.number),
                                 says, describe(state, c)),
                     "ask the bank; nothing was changed");
}

/// It failed, and the bank has booked it all the same: what its account shows counts.
Result<Bodies> take_debit(const State& state, const Compensation& c,
                          const model::RecordAnswer& answer) {
  if (!answer.booked_on) return contradiction(state, c, "paid");
  auto paid = pay_after_all(state, c, answer.reference, answer.booked_on);
  if (paid || c.booked_on) return paid;
  return Bodies{model::BankAnswered{c.number, answer.code, answer.message, answer.booked_on}};
}

}  // namespace

bool is_account_wrong(std::string_view code) {
  return std::find(kWrongAccount.begin(), kWrongAccount.end(), code) != kWrongAccount.end();
}

Result<Bodies> record_answer(const State& state, const model::RecordAnswer& answer,
                             model::Instant now) {
  using Answer = model::RecordAnswer::Answer;
  const Compensation* c = state.ledger.find(answer.number);
  if (c == nullptr) return not_found(state, answer.number);
  const PayoutBatch* batch = c->batch.empty() ? nullptr : state.ledger.find_batch(c->batch);
  if (batch == nullptr || batch->exported_at == model::Instant{})
    return wrong_state(fmt::format("{} has left in no batch", id_of(state, c->number)), "");
  if (answer.amount && answer.amount != c->amount) {
    return Error{"amount_mismatch",
                 fmt::format("expected {} for {}, but the bank says {}",
                             c->amount ? model::format_money(*c->amount) : "nothing",
                             id_of(state, c->number), model::format_money(*answer.amount)),
                 "ask the bank; nothing was changed",
                 {}};
  }
  if (auto wrong = check_day(answer, now)) return *std::move(wrong);
  const bool is_open = c->state == PaidState::dispatched;
  switch (answer.answer) {
    case Answer::noted:
      return note(*c, answer);
    case Answer::paid:
      if (is_open) return Bodies{model::Paid{c->number, answer.reference, answer.booked_on}};
      if (c->state == PaidState::failed) return take_debit(state, *c, answer);
      return note(*c, answer);  // said before, or before it came back
    case Answer::rejected:
      if (is_open) return Bodies{model::Failed{c->number, in_words(answer)}};
      if (c->state == PaidState::failed) return Bodies{};
      return contradiction(state, *c, "rejected");
    case Answer::returned:
      if (is_open || c->state == PaidState::paid) return give_back(state, *c, answer);
      return Bodies{};  // said before, or it never left the bank
  }
  return Bodies{};
}

}  // namespace lupaus::rules::ledger
