// Folding of facts about money. Cannot fail, and skips what a row already contains.
#include <algorithm>
#include <utility>
#include <variant>

#include "rules/ledger/step.h"

namespace lupaus::rules::ledger {
namespace {

using model::PaidState;

class Fold {
 public:
  Fold(const model::Fact& fact, std::map<uint64_t, Compensation>& compensations,
       std::map<std::string, uint64_t, std::less<>>& vouchers,
       std::map<std::string, PayoutBatch, std::less<>>& batches)
      : fact_(fact), compensations_(compensations), vouchers_(vouchers), batches_(batches) {}

  void operator()(const model::VoucherIssued& body) {
    if (Compensation* c = change(body.number, PaidState::dispatched)) {
      c->voucher = body.code;
      vouchers_[body.code] = body.number;
    }
  }
  void operator()(const model::VoucherRedeemed& body) {
    if (Compensation* c = change(body.number, PaidState::paid)) {
      c->is_redeemed = true;
      if (fact_.actor) c->redeemed_by = fact_.actor->id;
      c->redeemed_at_branch = body.at_branch;
      c->redeemed_by_request = body.request_id;
      c->reference = "redeemed at " + body.at_branch;
    }
  }
  void operator()(const model::Dispatched& body) {
    if (Compensation* c = change(body.number, PaidState::dispatched)) c->attempts = body.attempt;
  }
  void operator()(const model::Paid& body) {
    if (Compensation* c = change(body.number, PaidState::paid)) c->reference = body.reference;
  }
  void operator()(const model::Failed& body) {
    if (Compensation* c = change(body.number, PaidState::failed)) c->reason = body.reason;
  }
  void operator()(const model::LateEvidence& body) {
    const auto found = compensations_.find(body.compensation);
    if (found == compensations_.end() || is_known(found->second.position)) return;
    Compensation& c = found->second;
    c.position = fact_.position;
    c.has_late_evidence = true;
    c.is_paid_in_error = body.is_paid_in_error;
    if (!body.is_holding) return;
    c.state = PaidState::held;
    c.changed_at = fact_.at;
    c.reason = kLateEvidence;
  }
  void operator()(const model::Released& body) {
    if (Compensation* c = change(body.number, body.state)) {
      c->amount = body.amount;
      c->reason = body.reason;
      c->draws.insert(c->draws.end(), body.draws.begin(), body.draws.end());
    }
  }
  void operator()(const model::Declined& body) {
    if (Compensation* c = change(body.number, PaidState::declined)) c->reason = body.reason;
  }
  void operator()(const model::BatchClosed& body) {
    for (const uint64_t number : body.numbers) {
      if (Compensation* c = change(number, PaidState::owed)) c->batch = body.id;
    }
    PayoutBatch& batch = batches_[body.id];
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
    if (fact_.actor) batch->approved_by = *fact_.actor;
    for (const uint64_t number : batch->numbers) change(number, PaidState::approved);
  }
  void operator()(const model::BatchExported& body) {
    PayoutBatch* batch = open(body.id);
    if (batch == nullptr) return;
    batch->state = PayoutBatch::State::exported;
    batch->exported_at = fact_.at;
    for (const uint64_t number : batch->numbers) change(number, PaidState::dispatched);
  }
  template <typename Other>
  void operator()(const Other&) {}  // the engine's

 private:
  bool is_known(model::Position position) const {
    return fact_.position != 0 && fact_.position <= position;
  }

  Compensation* change(uint64_t number, PaidState state) {
    const auto found = compensations_.find(number);
    if (found == compensations_.end() || is_known(found->second.position)) return nullptr;
    found->second.position = fact_.position;
    found->second.changed_at = fact_.at;
    found->second.state = state;
    return &found->second;
  }

  PayoutBatch* open(const std::string& id) {
    const auto found = batches_.find(id);
    if (found == batches_.end() || is_known(found->second.position)) return nullptr;
    found->second.position = fact_.position;
    return &found->second;
  }

  const model::Fact& fact_;
  std::map<uint64_t, Compensation>& compensations_;
  std::map<std::string, uint64_t, std::less<>>& vouchers_;
  std::map<std::string, PayoutBatch, std::less<>>& batches_;
};

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

uint64_t mix(uint64_t value, uint64_t word) {
  value ^= word + 0x9E3779B97F4A7C15ULL + (value << 6) + (value >> 2);
  return (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
}

uint64_t mix(uint64_t value, std::string_view text) {
  value = mix(value, text.size());
  for (const char c : text) value = mix(value, static_cast<unsigned char>(c));
  return value;
}

}  // namespace

void CapCounters::use(const model::Owed& owed) {
  for_each_cap(owed.draws, [this](const auto& draw) { use_up(draw, counters_[draw.cap]); });
}

void Ledger::evolve(const model::Fact& fact) {
  if (const auto* owed = std::get_if<model::Owed>(&fact.body)) return add(fact, *owed);
  if (const auto* let_go = std::get_if<model::Released>(&fact.body)) draw(fact, let_go->draws);
  if (const auto* claimed = std::get_if<model::Claimed>(&fact.body)) return fold(fact, *claimed);
  if (const auto* excused = std::get_if<model::Excused>(&fact.body)) return fold(fact, *excused);
  if (const auto* closed = std::get_if<model::PeriodClosed>(&fact.body)) return fold(fact, *closed);
  const auto* let_go = std::get_if<model::Released>(&fact.body);
  Compensation* released = let_go == nullptr ? nullptr : find_new(fact, let_go->number);
  std::visit(Fold(fact, compensations_, vouchers_, batches_), fact.body);
  if (released != nullptr) after_release(*released);
}

void Ledger::draw(const model::Fact& fact, const std::vector<model::Owed::CapDraw>& draws) {
  for_each_cap(draws, [&](const auto& draw) {
    CapCounter& counter = caps_[draw.cap];
    if (fact.position != 0 && fact.position <= counter.position) return;
    counter.key = draw.cap;
    counter.position = fact.position;
    use_up(draw, counter);
  });
}

void Ledger::add(const model::Fact& fact, const model::Owed& owed) {
  draw(fact, owed.draws);
  if (owed.number == 0) return;
  next_number_ = std::max(next_number_, owed.number + 1);
  Compensation& c = compensations_[owed.number];
  if (fact.position != 0 && fact.position <= c.position) return;
  c = Compensation{};
  c.position = fact.position;
  c.number = owed.number;
  c.key = owed.key;
  c.customer = owed.customer;
  c.computed = owed.computed;
  c.amount = owed.amount;
  c.state = owed.state;
  c.instrument = owed.instrument;
  c.reason = owed.reason;
  c.tier_clause = owed.tier_clause;
  c.draws = owed.draws;
  c.owed_at = fact.at;
  c.changed_at = fact.at;
  c.due_on = owed.due_on;
  c.late_of = owed.late_of;
  c.claim_until = owed.claim_until;
  index(c);
}

model::Instant Ledger::next_overdue() const {
  const auto first = [](const std::set<Watched>& waiting) {
    return waiting.empty() ? model::kEndOfTime : waiting.begin()->overdue_at;
  };
  return std::min(first(watched_), first(lapsing_));
}

std::vector<uint64_t> Ledger::take_unwatched() { return std::exchange(unwatched_, {}); }

void Ledger::watch(uint64_t number, model::Instant overdue_at) {
  watched_.insert({overdue_at, number});
}

std::optional<Ledger::Watched> Ledger::take_overdue(model::Instant now) {
  if (watched_.empty() || watched_.begin()->overdue_at > now) return std::nullopt;
  return watched_.extract(watched_.begin()).value();
}

const Compensation* Ledger::find(uint64_t number) const {
  const auto found = compensations_.find(number);
  return found == compensations_.end() ? nullptr : &found->second;
}

const Compensation* Ledger::find_voucher(std::string_view code) const {
  const auto found = vouchers_.find(code);
  return found == vouchers_.end() ? nullptr : find(found->second);
}

const PayoutBatch* Ledger::find_batch(std::string_view id) const {
  const auto found = batches_.find(id);
  return found == batches_.end() ? nullptr : &found->second;
}

bool Ledger::is_charged(const model::CommitmentKey& key) const {
  return by_commitment_.contains(key);
}

const Compensation* Ledger::find(const model::CommitmentKey& key) const {
  const auto found = by_commitment_.find(key);
  return found == by_commitment_.end() ? nullptr : find(found->second);
}

void Ledger::restore(Compensation compensation) {
  next_number_ = std::max(next_number_, compensation.number + 1);
  if (!compensation.voucher.empty()) vouchers_[compensation.voucher] = compensation.number;
  index(compensation);
  compensations_[compensation.number] = std::move(compensation);
}

void Ledger::restore(CapCounter counter) {
  std::string key = counter.key;
  caps_[std::move(key)] = std::move(counter);
}

void Ledger::restore(PayoutBatch batch) {
  std::string id = batch.id;
  batches_[std::move(id)] = std::move(batch);
}

uint64_t Ledger::hash() const {
  uint64_t value = next_number_;
  for (const auto& [number, c] : compensations_) {
    value = mix(mix(mix(value, number), c.key.ticket), c.key.promise);
    value = mix(mix(value, static_cast<uint64_t>(c.state)),
                static_cast<uint64_t>(c.amount ? c.amount->minor : -1));
    value = mix(mix(mix(value, c.batch), c.voucher), c.attempts);
    // WHY: journals from before these hash as they did.
    if (c.due_on) value = mix(value, model::format_local_date(*c.due_on));
    if (c.late_of != 0) value = mix(value, c.late_of);
    if (c.claim_until)
      value = mix(value, static_cast<uint64_t>(c.claim_until->time_since_epoch().count()));
    for (const auto& who : c.excused_by) value = mix(mix(value, c.excuse), who);
    if (c.has_late_evidence) value = mix(value, c.is_paid_in_error ? 2 : 1);
  }
  for (const auto& [key, counter] : caps_) {
    value =
        mix(mix(mix(value, key), static_cast<uint64_t>(counter.used_minor)), counter.used_times);
  }
  for (const auto& [id, batch] : batches_) {
    value = mix(mix(value, id), static_cast<uint64_t>(batch.state));
    for (const uint64_t number : batch.numbers) value = mix(value, number);
  }
  for (const auto& [month, period] : periods_) value = mix(value, month);
  return value;
}

}  // namespace lupaus::rules::ledger
