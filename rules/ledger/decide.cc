// Deciders of the ledger: charge, settle, redeem, and the life of a payout batch. What a person
// decides of a review is in reviews.cc; what becomes of one compensation, in payouts.cc.
#include <fmt/format.h>

#include <algorithm>

#include "rules/ledger/claims.h"
#include "rules/ledger/excuse.h"
#include "rules/ledger/late_evidence.h"
#include "rules/ledger/numbering.h"
#include "rules/ledger/overdue.h"
#include "rules/ledger/payouts.h"
#include "rules/ledger/periods.h"
#include "rules/ledger/reviews.h"

namespace lupaus::rules::ledger {
namespace {

using model::Error;
using model::PaidState;
using model::Result;

void record(const model::Command& command, model::FactBody body, model::Facts& facts) {
  facts.emplace_back(0, command.now, command.actor, std::move(body));
}

Error not_found(std::string_view what, std::string_view name) {
  return Error{"not_found", fmt::format("there is no {} `{}`", what, name), "", {}};
}

/// Who had a hand in the breach: nobody of them approves its money.
std::vector<std::string> entrants_of(const engine::State& state, const model::Charge& charge) {
  const auto entered = state.entered_by(charge.slot);
  std::vector<std::string> all(entered.begin(), entered.end());
  const engine::Ticket& ticket = state.ticket(charge.slot);
  const auto* decision = state.find_decision(charge.slot, ticket.commitments.at(charge.commitment));
  if (decision != nullptr && std::find(all.begin(), all.end(), decision->by) == all.end())
    all.push_back(decision->by);
  return all;
}

/// The bytes in which the batch left in that form; nullptr: it did not.
const std::string* find_export(const PayoutBatch& batch, std::string_view format) {
  for (const auto& one : batch.exports)
    if (one.format == format) return &one.sha256;
  return nullptr;
}

/// WHY: the bank knows the message by its id; other payments under the same id are lost or paid
/// beside the first.
Error changed_file(const PayoutBatch& batch, const model::ExportBatch& now,
                   std::string_view before) {
  return Error{
      "changed_file",
      fmt::format("batch {} left as {} with SHA-256 {}, and would be another file now ({})",
                  batch.id, now.format, before, now.sha256),
      "a payee or the configuration was changed since: use the file that was exported, or "
      "change it back",
      {}};
}

class Decider {
 public:
  Decider(const State& state, const model::Command& command, model::Facts& facts)
      : state_(state), ledger_(state.ledger), command_(command), facts_(facts) {}

  Result<void> operator()(const model::Charge& body) {
    const engine::Ticket& ticket = state_.engine.ticket(body.slot);
    if (ticket.commitments.at(body.commitment).is_charged) return {};
    const auto bill =
        bill_of(state_.engine, ticket, ticket.commitments, body.commitment, Knowledge::recorded);
    if (!bill) return {};
    model::Owed owed = charge(ledger_, *bill);
    owed.number = owed.state == PaidState::none ? 0 : ledger_.next_number();
    if (owed.number != 0) owed.entered_by = entrants_of(state_.engine, body);
    trip_breaker(ledger_, command_.now, owed);
    await_claim(state_.engine, ticket, *bill, command_.now, owed);
    // What a person must look at first was promised for the same day; a claim sets its own.
    const bool is_promised =
        owed.state == PaidState::owed || (owed.state == PaidState::held && !owed.claim_until);
    if (is_promised)
      owed.due_on = payout_due_on(state_.engine, *bill->promise, owed.key.branch, command_.now);
    record(command_, std::move(owed), facts_);
    return {};
  }

  Result<void> operator()(const model::Settle& body) {
    const Compensation* c = ledger_.find(body.number);
    if (c == nullptr)
      return not_found("compensation",
                       compensation_id(state_.engine.settings().partition, body.number));
    if (c->state == PaidState::paid || c->state == PaidState::failed)
      return {};  // settled before; said again
    const bool is_waiting = c->state == PaidState::owed || c->state == PaidState::dispatched ||
                            (c->state == PaidState::approved && c->batch.empty());
    if (!is_waiting) {
      return Error{"wrong_state",
                   fmt::format("the compensation is {}", model::format_paid_state(c->state)),
                   "",
                   {}};
    }
    if (awaits_approval(c->state, c->reason))
      return Error{"wrong_state", "the compensation awaits approval by hand", "", {}};
    if (!c->batch.empty() && c->state != PaidState::dispatched)
      return Error{
          "wrong_state", fmt::format("the compensation lies in batch {}", c->batch), "", {}};
    // WHY: a channel may have taken it up before its instrument was changed.
    if (body.instrument && *body.instrument != c->instrument) {
      return Error{"wrong_state",
                   fmt::format("the compensation is paid by {} now",
                               model::format_instrument(c->instrument)),
                   "",
                   {}};
    }
    switch (body.outcome) {
      case model::Settle::Outcome::voucher_issued:
        return issue(*c, body.text);
      case model::Settle::Outcome::dispatched:
        record(command_, model::Dispatched{body.number, body.attempt, body.text}, facts_);
        return {};
      case model::Settle::Outcome::paid:
        record(command_, model::Paid{body.number, body.text}, facts_);
        return {};
      case model::Settle::Outcome::failed:
        record(command_, model::Failed{body.number, body.text}, facts_);
        return {};
      case model::Settle::Outcome::unknown:
        record(command_,
               model::Failed{body.number, fmt::format("{}: {}", kOutcomeUnknown, body.text)},
               facts_);
        return {};
    }
    return {};
  }

  Result<void> operator()(const model::RedeemVoucher& body) {
    const Compensation* c = ledger_.find_voucher(body.code);
    if (auto who = require_name(); !who.ok()) return who;
    if (c == nullptr) return not_found("voucher", body.code);
    if (c->is_redeemed) {
      // WHY: its first answer may have been lost, with the server that gave it.
      const bool is_repeated =
          !body.request_id.empty() && c->redeemed_by_request == body.request_id &&
          c->redeemed_by == command_.actor->id && c->redeemed_at_branch == body.at_branch;
      if (is_repeated) return {};
      return Error{"already_redeemed",
                   fmt::format("the voucher `{}` was redeemed at {}", body.code,
                               model::format_instant(c->changed_at)),
                   "",
                   {}};
    }
    if (auto live = require_live(*c); !live.ok()) return live;
    const auto books = state_.engine.books().from(command_.now);
    const bool is_known =
        body.at_branch.empty() || std::any_of(books.begin(), books.end(), [&](const auto* book) {
          return book->book().find_branch(body.at_branch) != nullptr;
        });
    if (!is_known) return not_found("branch", body.at_branch);
    record(command_, model::VoucherRedeemed{c->number, body.code, body.at_branch, body.request_id},
           facts_);
    return {};
  }

  Result<void> operator()(const model::CloseBatch& body) {
    if (auto who = require_person(); !who.ok()) return who;
    model::BatchClosed batch;
    batch.until = body.until == model::Instant{} ? command_.now : body.until;
    batch.total.currency = body.currency;
    size_t without_payee = 0;
    for (const auto& [number, c] : ledger_.compensations()) {
      if (!is_payable(c) || c.owed_at > batch.until) continue;
      if (std::binary_search(body.without_payee.begin(), body.without_payee.end(), number)) {
        ++without_payee;
        continue;
      }
      // WHY: a payment file has one currency; what is in another one goes into the next batch.
      if (!batch.total.currency.is_set()) batch.total.currency = c.amount->currency;
      if (c.amount->currency != batch.total.currency) continue;
      const auto sum = model::add(batch.total, *c.amount);
      if (!sum) break;
      batch.total = *sum;
      batch.numbers.push_back(number);
    }
    if (batch.numbers.empty()) {
      if (without_payee == 0)
        return Error{
            "nothing_to_pay", "no transfer is owed that is not in a batch already", "", {}};
      return Error{
          "nothing_to_pay",
          fmt::format("{} owed transfers have no payee, and there are no others", without_payee),
          "finance imports payees with `lupaus payees import FILE`",
          {}};
    }
    batch.id = next_batch_id(ledger_, command_.now);
    record(command_, std::move(batch), facts_);
    return {};
  }

  Result<void> operator()(const model::ApproveBatch& body) {
    if (auto who = require_person(); !who.ok()) return who;
    const PayoutBatch* batch = ledger_.find_batch(body.id);
    if (batch == nullptr) return not_found("payout batch", body.id);
    if (batch->state != PayoutBatch::State::draft) {
      return Error{"wrong_state",
                   fmt::format("batch {} is {}{}", body.id, format_batch_state(batch->state),
                               batch->state == PayoutBatch::State::discarded ? "" : " already"),
                   "",
                   {}};
    }
    if (is_same_person(batch->created_by.id, command_.actor->id)) {
      return Error{
          "four_eyes",
          fmt::format("`{}` drew up batch {} and cannot approve it", command_.actor->id, body.id),
          "let somebody else approve it",
          {}};
    }
    record(command_, model::BatchApproved{body.id, body.content_hash, body.payees_digest}, facts_);
    return {};
  }

  Result<void> operator()(const model::ExportBatch& body) {
    if (auto who = require_person(); !who.ok()) return who;
    const PayoutBatch* batch = ledger_.find_batch(body.id);
    if (batch == nullptr) return not_found("payout batch", body.id);
    if (batch->state == PayoutBatch::State::draft) {
      return Error{
          "wrong_state",
          fmt::format("batch {} is not approved", body.id),
          fmt::format("somebody other than `{}` approves it with `lupaus payouts batch approve {}`",
                      batch->created_by.id, body.id),
          {}};
    }
    const bool is_for_books = body.format == kPostingFormat;
    if (is_for_books && has_accrued(*batch)) return {};
    if (batch->state == PayoutBatch::State::discarded) {
      return Error{"wrong_state",
                   fmt::format("batch {} is discarded: {}", body.id, batch->discarded_reason),
                   "draw up a new one with `lupaus payouts batch create`",
                   {}};
    }
    if (is_for_books) {
      record(command_, model::BatchAccrued{body.id}, facts_);
      return {};
    }
    const std::string* before = find_export(*batch, body.format);
    if (before != nullptr && !before->empty() && !body.sha256.empty() && *before != body.sha256)
      return changed_file(*batch, body, *before);
    const bool is_new = !body.sha256.empty() && (before == nullptr || before->empty());
    if (batch->state == PayoutBatch::State::approved || is_new)
      record(command_, model::BatchExported{body.id, body.format, body.sha256, body.made_at},
             facts_);
    return {};
  }

  Result<void> operator()(const model::DiscardBatch& body) {
    if (auto who = require_person(); !who.ok()) return who;
    const PayoutBatch* batch = ledger_.find_batch(body.id);
    if (batch == nullptr) return not_found("payout batch", body.id);
    if (body.reason.empty()) {
      return Error{"bad_reason",
                   "expected a reason for giving the batch up, but it is empty",
                   "say why with `--reason TEXT`",
                   {}};
    }
    const bool is_inside =
        batch->state == PayoutBatch::State::draft || batch->state == PayoutBatch::State::approved;
    if (!is_inside) {
      const bool is_out = batch->state == PayoutBatch::State::exported;
      return Error{"wrong_state",
                   fmt::format("batch {} is {}", body.id, format_batch_state(batch->state)),
                   is_out ? fmt::format("its money may have left: import what the bank says of it, "
                                        "or, where it never took the file, say so with `lupaus "
                                        "payouts fail --batch {} --reason TEXT`",
                                        body.id)
                          : "",
                   {}};
    }
    return record_all(give_up(state_, *batch, body.reason));
  }

  Result<void> operator()(const model::DecidePayout& body) {
    if (auto who = require_person(); !who.ok()) return who;
    return record_all(decide_payout(state_, *command_.actor, body, command_.now));
  }

  Result<void> operator()(const model::ChangeInstrument& body) {
    if (auto who = require_person(); !who.ok()) return who;
    return record_all(change_instrument(state_, body));
  }

  Result<void> operator()(const model::RecordAnswer& body) {
    if (auto who = require_name(); !who.ok()) return who;
    return record_all(record_answer(state_, body, command_.now));
  }

  Result<void> operator()(const model::ExcuseBreach& body) {
    if (auto who = require_person(); !who.ok()) return who;
    return record_all(decide_excuse(state_, body, command_.actor->id));
  }

  Result<void> operator()(const model::ClosePeriod& body) {
    if (auto who = require_person(); !who.ok()) return who;
    auto closed = close_period(ledger_, body, command_.now);
    if (!closed) return closed.error();
    record(command_, std::move(*closed), facts_);
    return {};
  }

  Result<void> operator()(const model::NoteRestore&) {
    record(command_, go_on_beyond(ledger_, command_.now), facts_);
    return {};
  }

  Result<void> operator()(const model::Weigh& body) {
    for (auto& evidence : late_evidence(state_, body)) {
      const Compensation* doubted = state_.ledger.find(evidence.compensation);
      record(command_, std::move(evidence), facts_);
      // What is owed because that one came late is as doubtful.
      const auto* late = doubted == nullptr ? nullptr : find_unpaid_late(ledger_, *doubted);
      if (late != nullptr && late->state != model::PaidState::held)
        record(command_, model::PayoutHeld{late->number, std::string(kLateEvidence)}, facts_);
    }
    return {};
  }

  Result<void> operator()(const model::DecideReview& body) {
    if (auto who = require_person(); !who.ok()) return who;
    return record_all(decide_review(state_, body, command_.now));
  }

  Result<void> operator()(const model::Publish&) {
    if (auto who = require_name(); !who.ok()) return who;
    return engine::decide(state_.engine, command_, facts_);
  }

  template <typename Other>
  Result<void> operator()(const Other&) {
    return engine::decide(state_.engine, command_, facts_);
  }

 private:
  /// WHY: nobody can be paid without a payee; it stays owed and is listed.
  static bool is_payable(const Compensation& c) {
    if (c.customer.empty() || awaits_approval(c.state, c.reason)) return false;
    const bool is_due = c.state == PaidState::owed || c.state == PaidState::approved;
    return is_due && c.instrument == model::Instrument::transfer && c.batch.empty() && c.amount;
  }

  /// Its posting file was handed out before, or another one has the expense of each of its lines.
  bool has_accrued(const PayoutBatch& batch) const {
    const auto is_new = [&](uint64_t number) { return ledger_.accrued_by(number).empty(); };
    const auto is_here = [&](uint64_t number) { return ledger_.accrued_by(number) == batch.id; };
    if (batch.state == PayoutBatch::State::discarded)
      return std::any_of(batch.numbers.begin(), batch.numbers.end(), is_here);
    return std::none_of(batch.numbers.begin(), batch.numbers.end(), is_new);
  }

  Result<void> record_all(Result<std::vector<model::FactBody>> decided) {
    if (!decided) return decided.error();
    for (auto& fact : *decided) record(command_, std::move(fact), facts_);
    return {};
  }

  /// Whether the voucher can be redeemed now.
  Result<void> require_live(const Compensation& c) const {
    // What is held lives again with all of its validity.
    const bool is_expired =
        c.state != PaidState::held && c.voucher_expires_at && *c.voucher_expires_at <= command_.now;
    if (is_expired) {
      return Error{"wrong_state",
                   fmt::format("the voucher `{}` expired at {}", c.voucher,
                               model::format_instant(*c.voucher_expires_at)),
                   "",
                   {}};
    }
    if (c.is_voucher_void)
      return Error{"wrong_state", fmt::format("the voucher `{}` is void", c.voucher), "", {}};
    if (c.state == PaidState::dispatched) return {};
    return Error{"wrong_state",
                 fmt::format("the voucher `{}` cannot be redeemed while its compensation is {}",
                             c.voucher, model::format_paid_state(c.state)),
                 "finance decides of it",
                 {}};
  }

  Result<void> require_person() const {
    if (command_.actor && command_.actor->kind == model::Actor::Kind::person) return require_name();
    return nobody();
  }

  /// A person, or a source or the system in their own names: nothing is done by nobody.
  Result<void> require_name() const {
    if (command_.actor && !command_.actor->id.empty()) return {};
    return nobody();
  }

  static Error nobody() {
    return Error{"who", "this needs to know who acts", "name yourself with `--as NAME`", {}};
  }

  Result<void> issue(const Compensation& c, const std::string& code) {
    if (c.instrument != model::Instrument::voucher)
      return Error{"wrong_state", "the compensation is no voucher", "", {}};
    if (c.voucher == code) return {};
    if (!c.voucher.empty())
      return Error{"wrong_state", "the compensation has a voucher already", "", {}};
    record(command_, model::VoucherIssued{c.number, code, voucher_expiry(state_, c, command_.now)},
           facts_);
    return {};
  }

  const State& state_;
  const Ledger& ledger_;
  const model::Command& command_;
  model::Facts& facts_;
};

}  // namespace

Result<void> decide(const State& state, const model::Command& command, model::Facts& facts) {
  // WHY: nearly all commands are one of these two.
  if (std::holds_alternative<model::Observe>(command.body) ||
      std::holds_alternative<model::Judge>(command.body))
    return engine::decide(state.engine, command, facts);
  return std::visit(Decider(state, command, facts), command.body);
}

}  // namespace lupaus::rules::ledger
