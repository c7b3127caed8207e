// Folding of facts about money. Cannot fail, and skips what a row already contains.
#include <algorithm>
#include <utility>
#include <variant>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

using model::PaidState;

/// Whoever holds, releases or changes a compensation never approves it (R48).
void note_change(const model::Fact& fact, Compensation& c) {
  if (!fact.actor || fact.actor->kind != model::Actor::Kind::person) return;
  auto& all = c.changed_by;
  if (std::find(all.begin(), all.end(), fact.actor->id) == all.end()) all.push_back(fact.actor->id);
}

/// What it is once it lies in no batch any more: what people had let pass stays so.
PaidState outside_batches(const Compensation& c) {
  return c.reason.starts_with(kApproval) ? PaidState::approved : PaidState::owed;
}

/// WHY: two caps of one scope share a counter, and the sum uses it up once.
template <typename Visit>
void for_each_cap(const std::vector<model::Owed::CapDraw>& draws, Visit visit) {
  for (auto draw = draws.begin(); draw != draws.end(); ++draw) {
    const bool is_repeated = std::any_of(
        draws.begin(), draw, [&](const auto& earlier) { return earlier.cap == draw->cap; });
    if (!is_repeated) visit(*draw);
  }
}

void use_up(const model::Owed::CapDraw& draw, CapCounter& counter) {
  counter.used_minor += draw.minor;
  counter.used_times += draw.times;
}

}  // namespace

/// What one fact changes of compensations and batches.
class Ledger::Fold {
 public:
  Fold(const model::Fact& fact, Ledger& ledger) : fact_(fact), ledger_(ledger) {}

  void operator()(const model::VoucherIssued& body) {
    if (Compensation* c = change(body.number, PaidState::dispatched)) {
      c->voucher = body.code;
      c->voucher_expires_at = body.expires_at;
      ledger_.vouchers_[body.code] = body.number;
      if (body.expires_at) ledger_.expiring_.insert({*body.expires_at, body.number});
    }
  }
  void operator()(const model::VoucherVoided& body) {
    if (Compensation* c = touch(body.number)) c->is_voucher_void = true;
  }
  void operator()(const model::VoucherRedeemed& body) {
    if (Compensation* c = change(body.number, PaidState::paid)) {
      c->is_redeemed = true;
      if (fact_.actor) c->redeemed_by = fact_.actor->id;
      c->redeemed_at_branch = body.at_branch;
      c->redeemed_by_request = body.request_id;
      c->reference = "redeemed at " + body.at_branch;
      c->paid_at = fact_.at;
    }
  }
  void operator()(const model::Dispatched& body) {
    if (Compensation* c = change(body.number, PaidState::dispatched)) {
      c->attempts = body.attempt;
      if (c->dispatched_at == model::Instant{}) c->dispatched_at = fact_.at;
    }
  }
  void operator()(const model::Paid& body) {
    const Compensation* before = ledger_.find(body.number);
    const bool has_failed = before != nullptr && before->state == PaidState::failed;
    if (Compensation* c = change(body.number, PaidState::paid)) {
      c->reference = body.reference;
      c->reversed_by = 0;  // what was owed again for it was declined
      if (has_failed) c->reason = c->owed_reason;
      c->paid_at = fact_.at;
      c->booked_on = body.booked_on;
      watch_first(*c);
    }
  }
  void operator()(const model::Failed& body) {
    if (Compensation* c = change(body.number, PaidState::failed)) {
      c->reason = body.reason;
      watch_first(*c);
    }
  }
  void operator()(const model::Reversed& body) {
    if (Compensation* c = change(body.number, PaidState::reversed)) {
      const bool has_both = !body.code.empty() && !body.reason.empty();
      c->reason = body.code + (has_both ? " " : "") + body.reason;
      c->bank_code = body.code;
      c->returned_on = body.booked_on;
    }
  }
  void operator()(const model::BankAnswered& body) {
    if (Compensation* c = touch(body.number)) {
      c->bank_code = body.code;
      c->bank_codes.push_back(body.code);
      if (!body.booked_on) return;
      c->booked_on = body.booked_on;
      c->is_day_told_later = true;
      watch_first(*c);
    }
  }
  void operator()(const model::PayoutApproved& body) {
    Compensation* c = touch(body.number);
    if (c == nullptr) return;
    if (fact_.actor) c->approved_by.push_back(fact_.actor->id);
    if (!body.is_complete) return;
    c->state = PaidState::approved;
    c->changed_at = fact_.at;
  }
  void operator()(const model::PayoutHeld& body) {
    if (Compensation* c = change(body.number, PaidState::held)) {
      c->reason = body.reason;
      c->approved_by.clear();
      note_change(fact_, *c);
    }
  }
  void operator()(const model::InstrumentChanged& body) {
    Compensation* c = touch(body.number);
    if (c == nullptr) return;
    c->instrument = body.instrument;
    c->dispatched_at = {};
    c->approved_by.clear();
    note_change(fact_, *c);
    if (c->state == PaidState::approved || c->state == PaidState::dispatched) {
      c->state = PaidState::owed;
      c->changed_at = fact_.at;
    }
    watch_again(*c);
  }
  void operator()(const model::LateEvidence& body) {
    Compensation* c = touch(body.compensation);
    if (c == nullptr) return;
    c->has_late_evidence = c->is_doubted = true;
    c->is_paid_in_error = body.is_paid_in_error;
    if (!body.is_holding) return;
    c->state = PaidState::held;
    c->changed_at = fact_.at;
    c->reason = kLateEvidence;
    c->approved_by.clear();
  }
  void operator()(const model::Released& body) {
    if (Compensation* c = change(body.number, body.state)) {
      c->is_doubted = false;
      c->amount = body.amount;
      c->reason = c->owed_reason = body.reason;
      c->draws.insert(c->draws.end(), body.draws.begin(), body.draws.end());
      note_change(fact_, *c);
      watch_again(*c);
      if (c->voucher_expires_at) ledger_.expiring_.insert({*c->voucher_expires_at, c->number});
    }
  }
  void operator()(const model::ReviewDecided& body) {
    const Compensation* owed = ledger_.find(body.key);
    const bool is_due = body.verdict == model::Verdict::breached;
    if (Compensation* c = is_due && owed != nullptr ? touch(owed->number) : nullptr)
      c->is_doubted = false;
  }
  void operator()(const model::Declined& body) {
    Compensation* c = change(body.number, PaidState::declined);
    if (c == nullptr) return;
    c->reason = body.reason;
    for (auto& draw : c->draws) {
      const bool is_given_back =
          std::any_of(body.draws.begin(), body.draws.end(),
                      [&](const auto& back) { return back.cap == draw.cap; });
      if (is_given_back) draw.minor = draw.times = 0;
    }
  }
  void operator()(const model::BatchClosed& body) {
    for (const uint64_t number : body.numbers) {
      if (Compensation* c = touch(number)) {
        c->batch = body.id;
        c->changed_at = fact_.at;
      }
    }
    PayoutBatch& batch = ledger_.batches_[body.id];
    if (is_known(batch.position)) return;
    batch.position = fact_.position;
    batch.id = body.id;
    batch.numbers = body.numbers;
    batch.total = body.total;
    batch.until = body.until;
    batch.created_at = fact_.at;
    if (fact_.actor) batch.created_by = *fact_.actor;
  }
  void operator()(const model::BatchApproved& body) {
    PayoutBatch* batch = open(body.id);
    if (batch == nullptr) return;
    batch->state = PayoutBatch::State::approved;
    batch->approved_at = fact_.at;
    batch->content_hash = body.content_hash;
    batch->payees_digest = body.payees_digest;
    if (fact_.actor) batch->approved_by = *fact_.actor;
    for (const uint64_t number : batch->numbers) change(number, PaidState::approved);
  }
  void operator()(const model::BatchExported& body) {
    PayoutBatch* batch = open(body.id);
    if (batch == nullptr) return;
    note_export(*batch, body);
    if (batch->state != PayoutBatch::State::approved) return;
    batch->state = PayoutBatch::State::exported;
    batch->exported_at = fact_.at;
    for (const uint64_t number : batch->numbers) change(number, PaidState::dispatched);
  }
  /// A form that was known without its bytes gets them.
  static void note_export(PayoutBatch& batch, const model::BatchExported& body) {
    for (auto& one : batch.exports) {
      if (one.format != body.format) continue;
      if (one.sha256.empty()) one = {body.format, body.sha256, body.made_at};
      return;
    }
    batch.exports.push_back({body.format, body.sha256, body.made_at});
  }
  void operator()(const model::BatchDiscarded& body) {
    PayoutBatch* batch = open(body.id);
    if (batch == nullptr) return;
    batch->state = PayoutBatch::State::discarded;
    batch->discarded_reason = body.reason;
    for (const uint64_t number : batch->numbers) {
      if (Compensation* c = touch(number)) {
        c->batch.clear();
        c->is_paid_in_error = false;  // nothing left
        c->state = outside_batches(*c);
        c->changed_at = fact_.at;
        watch_again(*c);
      }
    }
  }
  void operator()(const model::BatchSettled& body) {
    if (PayoutBatch* batch = open(body.id)) batch->state = PayoutBatch::State::settled;
  }
  void operator()(const model::Restored& body) {
    ledger_.next_number_ = std::max(ledger_.next_number_, body.next_number);
    ledger_.first_ordinal_ = std::max(ledger_.first_ordinal_, body.first_ordinal);
  }
  void operator()(const model::BatchAccrued& body) {
    PayoutBatch* batch = open(body.id);
    if (batch == nullptr) return;
    for (const uint64_t number : batch->numbers) {
      const bool is_expense = ledger_.accrued_by(number).empty();
      if (Compensation* c = touch(number); c != nullptr && is_expense) c->accrued_in = body.id;
    }
  }
  template <typename Other>
  void operator()(const Other&) {}  // the engine's

 private:
  bool is_known(model::Position position) const {
    return fact_.position != 0 && fact_.position <= position;
  }

  Compensation* touch(uint64_t number) {
    const auto found = ledger_.compensations_.find(number);
    if (found == ledger_.compensations_.end() || is_known(found->second.position)) return nullptr;
    found->second.position = fact_.position;
    return &found->second;
  }

  Compensation* change(uint64_t number, PaidState state) {
    Compensation* c = touch(number);
    if (c == nullptr) return nullptr;
    ledger_.count_open(*c, false);
    c->changed_at = fact_.at;
    c->state = state;
    ledger_.count_open(*c, true);
    return c;
  }

  /// Its day may have passed while it was held, or its voucher is void: the first one of those that
  /// owe each other again bears the promised day.
  void watch_again(const Compensation& c) {
    const Compensation& first = ledger_.first_of(c);
    if (first.due_on) ledger_.unwatched_.push_back(first.number);
  }

  /// Of a transfer it is only known now whether it was in time.
  void watch_first(const Compensation& c) {
    if (!c.batch.empty()) watch_again(c);
  }

  PayoutBatch* open(const std::string& id) {
    const auto found = ledger_.batches_.find(id);
    if (found == ledger_.batches_.end() || is_known(found->second.position)) return nullptr;
    found->second.position = fact_.position;
    return &found->second;
  }

  const model::Fact& fact_;
  Ledger& ledger_;
};

void CapCounters::use(const model::Owed& owed) {
  for_each_cap(owed.draws, [this](const auto& draw) { use_up(draw, counters_[draw.cap]); });
}

void Ledger::evolve(const model::Fact& fact) {
  // WHY: nearly all facts are one of these two, and the engine's alone.
  if (std::holds_alternative<model::Observed>(fact.body) ||
      std::holds_alternative<model::Confirmed>(fact.body))
    return;
  if (const auto* owed = std::get_if<model::Owed>(&fact.body)) return add(fact, *owed);
  if (const auto* let_go = std::get_if<model::Released>(&fact.body))
    draw(fact, let_go->draws, Direction::use);
  if (const auto* declined = std::get_if<model::Declined>(&fact.body))
    draw(fact, declined->draws, Direction::give_back);
  if (const auto* claimed = std::get_if<model::Claimed>(&fact.body)) return fold(fact, *claimed);
  if (const auto* excused = std::get_if<model::Excused>(&fact.body)) return fold(fact, *excused);
  if (const auto* closed = std::get_if<model::PeriodClosed>(&fact.body)) return fold(fact, *closed);
  const auto* let_go = std::get_if<model::Released>(&fact.body);
  Compensation* released = let_go == nullptr ? nullptr : find_new(fact, let_go->number);
  std::visit(Fold(fact, *this), fact.body);
  if (released != nullptr) after_release(*released);
}

void Ledger::draw(const model::Fact& fact, const std::vector<model::Owed::CapDraw>& draws,
                  Direction direction) {
  for_each_cap(draws, [&](const auto& draw) {
    CapCounter& counter = counter_of(draw.cap);
    if (fact.position != 0 && fact.position <= counter.position) return;
    counter.position = fact.position;
    if (direction == Direction::use) {
      use_up(draw, counter);
    } else {
      counter.used_minor -= draw.minor;
      counter.used_times -= draw.times;
    }
  });
}

void Ledger::add(const model::Fact& fact, const model::Owed& owed) {
  draw(fact, owed.draws, Direction::use);
  if (owed.number == 0) return;
  next_number_ = std::max(next_number_, owed.number + 1);
  link(fact, owed);
  // WHY: numbers ascend but for a replay of what a row contains.
  const auto at = compensations_.try_emplace(compensations_.end(), owed.number);
  Compensation& c = at->second;
  if (fact.position != 0 && fact.position <= c.position) return;
  if (c.number != 0) c = Compensation{};
  c.position = fact.position;
  c.number = owed.number;
  c.key = owed.key;
  c.customer = owed.customer;
  c.computed = owed.computed;
  c.amount = owed.amount;
  c.state = owed.state;
  c.instrument = owed.instrument;
  c.reason = c.owed_reason = owed.reason;
  c.tier_clause = owed.tier_clause;
  c.draws = owed.draws;
  c.owed_at = fact.at;
  c.changed_at = fact.at;
  c.due_on = owed.due_on;
  c.late_of = owed.late_of;
  c.reverses = owed.reverses;
  c.claim_until = owed.claim_until;
  c.changed_by = owed.entered_by;
  // What failed is owed again by whoever says so; what came back, by the bank.
  const Compensation* before = c.reverses == 0 ? nullptr : find(c.reverses);
  if (before != nullptr && before->state == PaidState::failed) note_change(fact, c);
  if (before != nullptr) c.is_doubted = before->is_doubted;
  index(c);
}

/// Of what is owed again, the first one names the second.
void Ledger::link(const model::Fact& fact, const model::Owed& owed) {
  if (owed.reverses == 0) return;
  const auto found = compensations_.find(owed.reverses);
  if (found == compensations_.end()) return;
  Compensation& reversed = found->second;
  if (fact.position != 0 && fact.position <= reversed.position) return;
  reversed.position = fact.position;
  reversed.reversed_by = owed.number;
}

void Ledger::count_open(const Compensation& compensation, bool is_more) {
  if (compensation.batch.empty() || compensation.state != PaidState::dispatched) return;
  size_t& count = open_lines_[compensation.batch];
  is_more ? ++count : --count;
  if (count == 0) open_lines_.erase(compensation.batch);
}

size_t Ledger::open_line_count(std::string_view batch) const {
  const auto found = open_lines_.find(batch);
  return found == open_lines_.end() ? 0 : found->second;
}

model::Instant Ledger::next_overdue() const {
  const auto first = [](const std::set<Watched>& waiting) {
    return waiting.empty() ? model::kEndOfTime : waiting.begin()->overdue_at;
  };
  return std::min({first(watched_), first(lapsing_), first(expiring_)});
}

std::vector<uint64_t> Ledger::take_unwatched() { return std::exchange(unwatched_, {}); }

void Ledger::watch(uint64_t number, model::Instant overdue_at) {
  watched_.insert({overdue_at, number});
}

std::optional<Ledger::Watched> Ledger::take_overdue(model::Instant now) {
  if (watched_.empty() || watched_.begin()->overdue_at > now) return std::nullopt;
  return watched_.extract(watched_.begin()).value();
}

std::optional<uint64_t> Ledger::take_expired(model::Instant now) {
  if (expiring_.empty() || expiring_.begin()->overdue_at > now) return std::nullopt;
  return expiring_.extract(expiring_.begin()).value().number;
}

const Compensation* Ledger::find(uint64_t number) const {
  const auto found = compensations_.find(number);
  return found == compensations_.end() ? nullptr : &found->second;
}

const Compensation* Ledger::find_voucher(std::string_view code) const {
  const auto found = vouchers_.find(code);
  return found == vouchers_.end() ? nullptr : find(found->second);
}

std::string_view Ledger::accrued_by(uint64_t number) const {
  const Compensation* c = find(number);
  if (c != nullptr) c = &first_of(*c);
  for (; c != nullptr; c = find(c->reversed_by))
    if (!c->accrued_in.empty()) return c->accrued_in;
  return {};
}

const PayoutBatch* Ledger::find_batch(std::string_view id) const {
  const auto found = batches_.find(id);
  return found == batches_.end() ? nullptr : &found->second;
}

}  // namespace lupaus::rules::ledger
